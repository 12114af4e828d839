"""Edges between all nodes, the control of those that are inferred."""

import torch

from egograph.graph.infer import GraphConfig, infer_graph
from tests.tables import random_table


def test_all_edges_are_every_pair_of_nodes_that_are_there_in_each_clip() -> None:
    nodes = random_table(0, dim=4, frames=2, objects=1, streams=2)
    score = nodes.score.clone()
    score[[1, 9]] = 0
    graph = infer_graph(nodes.with_(score=score), nodes.feature, GraphConfig(edges="all"))
    there = [[0, 2, 3, 4, 5, 6, 7], [8, 10, 11, 12, 13, 14, 15]]
    assert {tuple(edge) for edge in graph.edge_index.T.tolist()} == {
        (i, j) for clip in there for i in clip for j in clip
    }
    assert graph.edge_index.shape[1] == 2 * 49
    assert graph.confidence.tolist() == [1.0] * 98
    assert len(graph.relation.unique()) == 1


def test_no_nodes_have_no_edges() -> None:
    nodes = random_table(0, dim=4, frames=1, objects=1)
    graph = infer_graph(nodes.with_(score=torch.zeros(len(nodes))), nodes.feature, GraphConfig(edges="all"))
    assert graph.edge_index.shape == (2, 0)


def test_the_graph_of_a_clip_is_the_graph_of_that_clip_alone() -> None:
    nodes = random_table(0, dim=4, frames=3, objects=3, streams=3)
    whole = infer_graph(nodes, nodes.feature, GraphConfig())
    for place in range(3):
        alone = infer_graph(nodes.clip(place), nodes.clip(place).feature, GraphConfig())
        part = whole.clip(place)
        assert torch.equal(part.edge_index, alone.edge_index)
        assert torch.equal(part.relation, alone.relation)
        torch.testing.assert_close(part.confidence, alone.confidence)
        assert torch.equal(part.nodes.box, alone.nodes.box)

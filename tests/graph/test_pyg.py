"""To and from torch_geometric."""

import torch
from torch_geometric.data import Batch
from torch_geometric.nn import TransformerConv

from egograph.graph.pyg import from_data, from_hetero, to_data, to_hetero
from egograph.graph.scene_graph import RELATIONS, SceneGraph
from egograph.nodes.nodes import COLUMNS
from tests.tables import random_table


def graph(edges: int = 60) -> SceneGraph:
    nodes = random_table(0, dim=6, streams=2)
    generator = torch.Generator().manual_seed(1)
    return SceneGraph(
        nodes,
        torch.randint(len(nodes), (2, edges), generator=generator),
        torch.randint(len(RELATIONS), (edges,), generator=generator),
        torch.rand(edges, generator=generator),
    )


def assert_same(first: SceneGraph, second: SceneGraph) -> None:
    for name in (*COLUMNS, "ptr"):
        assert torch.equal(getattr(first.nodes, name), getattr(second.nodes, name)), name
    for name in ("edge_index", "relation", "confidence"):
        assert torch.equal(getattr(first, name), getattr(second, name)), name


def test_data_and_back() -> None:
    assert_same(graph(), from_data(to_data(graph())))


def test_hetero_data_and_back_keeps_the_order_of_nodes_and_edges() -> None:
    assert_same(graph(), from_hetero(to_hetero(graph())))


def test_a_graph_without_edges_survives() -> None:
    assert_same(graph(0), from_data(to_data(graph(0))))
    assert_same(graph(0), from_hetero(to_hetero(graph(0))))


def test_batches_come_apart_again() -> None:
    first, second = graph(), graph(7)
    batch = Batch.from_data_list([to_data(first), to_data(second)])
    assert batch.num_graphs == 2
    for one, other in zip((first, second), batch.to_data_list(), strict=True):
        assert_same(one, from_data(other))


def test_pyg_layers_take_it() -> None:
    data = to_data(graph())
    assert data.validate()
    assert TransformerConv(6, 4)(data.x, data.edge_index).shape == (data.num_nodes, 4)
    hetero = to_hetero(graph())
    del hetero["verb"]  # of inferred graphs it has none, which PyG warns of
    assert hetero.validate()

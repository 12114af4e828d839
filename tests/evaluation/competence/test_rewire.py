"""Graphs change on their way to message passing, and only there."""

import torch
from torch import Generator

from egograph.evaluation.competence.conditions import EDGES_SHUFFLED, UNSURE, Condition
from egograph.evaluation.competence.rewire import rewired, shuffle_edges
from egograph.graph.infer import GraphConfig, infer_graph
from egograph.graph.scene_graph import SceneGraph
from egograph.nn.message_passing import MessagePassing, MessagePassingConfig
from tests.tables import random_table


def graph() -> SceneGraph:
    nodes = random_table(0, dim=8, frames=3, streams=3)
    return infer_graph(nodes, nodes.feature, GraphConfig())


def test_shuffled_edges_stay_in_their_clip_and_keep_every_degree() -> None:
    before = graph()
    after = shuffle_edges(before, Generator().manual_seed(0))
    sender, receiver = after.edge_index
    clip = torch.searchsorted(before.nodes.ptr, after.edge_index, right=True)
    assert (clip[0] == clip[1]).all()
    assert (sender == before.edge_index[0]).all()
    assert (receiver.sort().values == before.edge_index[1].sort().values).all()
    assert float((receiver != before.edge_index[1]).float().mean()) > 0.5
    assert after.relation is before.relation
    assert after.confidence is before.confidence


def passed(passing: MessagePassing, state: torch.Tensor, condition: Condition | None) -> torch.Tensor:
    with torch.no_grad():
        if condition is None:
            plain: torch.Tensor = passing(state, graph())
            return plain
        with rewired(passing, condition, Generator().manual_seed(0)):
            changed: torch.Tensor = passing(state, graph())
            return changed


def test_messages_change_within_the_context_alone() -> None:
    torch.manual_seed(0)
    passing = MessagePassing(MessagePassingConfig(layers=1, heads=2), 16)
    state = torch.randn(len(graph().nodes), 16)
    plain = passed(passing, state, None)
    assert torch.equal(passed(passing, state, Condition("as it is")), plain)
    assert not torch.allclose(passed(passing, state, Condition(EDGES_SHUFFLED)), plain, atol=1e-3)
    assert not torch.allclose(passed(passing, state, Condition(UNSURE, confidence=False)), plain, atol=1e-3)
    assert torch.equal(passed(passing, state, None), plain)


def test_without_confidence_all_edges_weigh_the_same() -> None:
    torch.manual_seed(0)
    passing = MessagePassing(MessagePassingConfig(layers=1, heads=2), 16)
    state = torch.randn(len(graph().nodes), 16)
    sure = SceneGraph(graph().nodes, graph().edge_index, graph().relation, torch.ones_like(graph().confidence))
    with torch.no_grad():
        expected = passing(state, sure)
    assert torch.equal(passed(passing, state, Condition(UNSURE, confidence=False)), expected)

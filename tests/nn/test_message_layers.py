"""The layers that can stand in each other's place."""

from typing import get_args

import pytest
import torch

from egograph.graph.infer import GraphConfig, infer_graph
from egograph.graph.scene_graph import SceneGraph
from egograph.nn.message_layers import LayerName, message_inputs, message_layer
from egograph.nn.message_passing import MessagePassing, MessagePassingConfig
from tests.tables import random_table

DIM, HEADS = 32, 4
NAMES = get_args(LayerName)
WITH_EDGES = [name for name in NAMES if name != "none"]


@pytest.fixture(scope="module")
def graph() -> SceneGraph:
    nodes = random_table(0, dim=8, frames=3, streams=2)
    return infer_graph(nodes, nodes.feature, GraphConfig())


def told(name: LayerName, graph: SceneGraph, x: torch.Tensor) -> torch.Tensor:
    torch.manual_seed(0)
    layer = message_layer(name, DIM, HEADS)
    with torch.no_grad():
        out: torch.Tensor = layer(x, **message_inputs(name, graph))
    return out


def reached(name: LayerName, graph: SceneGraph, node: int) -> set[int]:
    """The nodes that hear otherwise when one node's state changes."""
    x = torch.randn(len(graph.nodes), DIM, generator=torch.Generator().manual_seed(1))
    other = x.clone()
    other[node] += 1
    changed = (told(name, graph, x) - told(name, graph, other)).abs().amax(1) > 1e-6
    return set(changed.nonzero().squeeze(1).tolist())


@pytest.mark.parametrize("name", NAMES)
def test_states_keep_their_shape_and_get_gradients(name: LayerName, graph: SceneGraph) -> None:
    passing = MessagePassing(MessagePassingConfig(layers=2, heads=HEADS, layer=name), DIM)
    state = torch.randn(len(graph.nodes), DIM, requires_grad=True)
    out = passing(state, graph)
    assert out.shape == state.shape
    out.square().sum().backward()
    assert state.grad is not None
    assert state.grad.isfinite().all()


@pytest.mark.parametrize("name", WITH_EDGES)
def test_a_node_is_heard_by_itself_and_along_its_edges_alone(name: LayerName, graph: SceneGraph) -> None:
    sender, receiver = graph.edge_index
    heard = set(receiver[sender == 0].tolist())
    assert heard
    assert reached(name, graph, 0) - {0} == heard - {0}


def test_without_edges_no_node_hears_of_another(graph: SceneGraph) -> None:
    assert reached("none", graph, 0) == {0}


def test_without_edges_a_layer_has_as_many_weights() -> None:
    ours, alone = (
        sum(weight.numel() for weight in message_layer(name, 96, HEADS).parameters())
        for name in ("RelationalAttentionConv", "none")
    )
    assert alone == pytest.approx(ours, rel=0.01)


@pytest.mark.parametrize("name", [name for name in WITH_EDGES if name != "HGTConv"])
def test_confidence_reaches_the_layer(name: LayerName, graph: SceneGraph) -> None:
    x = torch.randn(len(graph.nodes), DIM, generator=torch.Generator().manual_seed(1))
    doubtful = SceneGraph(graph.nodes, graph.edge_index, graph.relation, graph.confidence * 0.1 + 0.01)
    assert not torch.allclose(told(name, graph, x), told(name, doubtful, x), atol=1e-4)


@pytest.mark.parametrize("name", WITH_EDGES)
def test_relations_reach_the_layer(name: LayerName, graph: SceneGraph) -> None:
    x = torch.randn(len(graph.nodes), DIM, generator=torch.Generator().manual_seed(1))
    torch.manual_seed(0)
    layer = message_layer(name, DIM, HEADS)
    if name == "RelationalAttentionConv":
        torch.nn.init.normal_(layer.relation_bias)  # starts at 0
    renamed = SceneGraph(graph.nodes, graph.edge_index, (graph.relation + 1) % 7, graph.confidence)
    with torch.no_grad():
        first, second = (layer(x, **message_inputs(name, seen)) for seen in (graph, renamed))
    assert not torch.allclose(first, second, atol=1e-4)

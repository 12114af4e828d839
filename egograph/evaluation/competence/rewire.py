"""Changes a model's graphs between inference and message passing, for as long as a context is open."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Generator, nn

from egograph.evaluation.competence.conditions import EDGES_SHUFFLED, Condition
from egograph.graph.scene_graph import SceneGraph
from egograph.nn.message_passing import MessagePassing


@contextmanager
def rewired(passing: MessagePassing, condition: Condition, rng: Generator) -> Iterator[None]:
    """Within the context, messages go as the condition has it: along shuffled edges, or all with the same weight."""

    def change(_: nn.Module, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        state, graph = arguments
        if condition.name == EDGES_SHUFFLED:
            graph = shuffle_edges(graph, rng)
        return state, graph if condition.confidence else without_confidence(graph)

    hook = passing.register_forward_pre_hook(change)
    try:
        yield
    finally:
        hook.remove()


def shuffle_edges(graph: SceneGraph, rng: Generator) -> SceneGraph:
    """The edges of each clip get each other's receivers: every node sends and receives as often as before."""
    sender, receiver = graph.edge_index
    clip = torch.searchsorted(graph.nodes.ptr, receiver, right=True)
    plain = clip.argsort(stable=True)
    mixed = (clip + torch.rand(len(clip), generator=rng).double() / 2).argsort()
    moved = receiver.scatter(0, plain, receiver[mixed])
    return SceneGraph(graph.nodes, torch.stack([sender, moved]), graph.relation, graph.confidence)


def without_confidence(graph: SceneGraph) -> SceneGraph:
    """Every edge weighs the same."""
    return SceneGraph(graph.nodes, graph.edge_index, graph.relation, torch.ones_like(graph.confidence))

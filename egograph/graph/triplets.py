"""A graph in words: subject, relation, object, confidence."""

from collections.abc import Sequence

import torch

from egograph.graph.scene_graph import RELATIONS, SceneGraph
from egograph.label import Triplet
from egograph.nodes.nodes import KINDS, OBJECT, Nodes

_SPOKEN = tuple(RELATIONS.index(name) for name in ("contact", "overlap", "proximity"))


def node_names(nodes: Nodes, nouns: Sequence[str]) -> list[str]:
    """What each node is called: its noun if it is an object that has one, else its kind."""
    return [
        nouns[noun] if kind == OBJECT and noun >= 0 else KINDS[kind]
        for kind, noun in zip(nodes.kind.tolist(), nodes.noun.tolist(), strict=True)
    ]


def frame_triplets(graph: SceneGraph, nouns: Sequence[str], frame: int, least: float = 0.3) -> tuple[Triplet, ...]:
    """The spatial relations of one frame with confidence of at least `least`, each pair once, strongest first."""
    return _spoken(graph, nouns, graph.confidence, least, frame)


def carrying_triplets(
    graph: SceneGraph, attention: torch.Tensor, nouns: Sequence[str], most: int = 5
) -> tuple[Triplet, ...]:
    """The triplets that carried a clip's label, strongest first.

    A triplet's weight is its confidence times the attention `[N]` that the label paid to the more attended of its two
    nodes, over all frames in which it holds; the confidence shown is the highest among those frames.
    """
    sender, receiver = graph.edge_index
    weight = graph.confidence * torch.maximum(attention[sender], attention[receiver])
    return _spoken(graph, nouns, weight, 0.0, None)[:most]


def _spoken(
    graph: SceneGraph, nouns: Sequence[str], weight: torch.Tensor, least: float, frame: int | None
) -> tuple[Triplet, ...]:
    nodes = graph.nodes
    sender, receiver = graph.edge_index
    hand_last = (nodes.kind[sender] == OBJECT) & (nodes.kind[receiver] != OBJECT)
    both = nodes.kind[sender] == nodes.kind[receiver]
    keep = torch.isin(graph.relation, graph.relation.new_tensor(_SPOKEN)) & ~hand_last & (~both | (sender < receiver))
    keep &= graph.confidence >= least
    if frame is not None:
        keep &= nodes.frame[sender] == frame
    edges = keep.nonzero().flatten()
    names = node_names(nodes, nouns)
    total: dict[tuple[str, str, str], float] = {}
    highest: dict[tuple[str, str, str], float] = {}
    rows = zip(
        sender[edges].tolist(), receiver[edges].tolist(), graph.relation[edges].tolist(),
        weight[edges].tolist(), graph.confidence[edges].tolist(), strict=True,
    )  # fmt: skip
    for source, target, relation, share, confidence in rows:
        key = (names[source], RELATIONS[relation], names[target])
        total[key] = total.get(key, 0.0) + share
        highest[key] = max(highest.get(key, 0.0), confidence)
    ranked = sorted(total, key=lambda key: (-total[key], key))
    return tuple((*key, highest[key]) for key in ranked)

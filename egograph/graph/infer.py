"""From nodes to the graph: the edges come from the input, none is fixed by hand."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from egograph.graph.scene_graph import INFERRED, SceneGraph
from egograph.nodes.nodes import Nodes
from egograph.ops import EdgeRules, infer_edges


@dataclass(frozen=True)
class GraphConfig:
    """Which edges are inferred.

    Attributes:
        neighbours: learned similarity links each node to this many of other frames and tracks.
        edges: inferred; or all: every node of a clip to every one of it, alike, as in a transformer without relations.
    """

    neighbours: int = 3
    edges: Literal["inferred", "all"] = "inferred"


def infer_graph(nodes: Nodes, affinity: Tensor, config: GraphConfig) -> SceneGraph:
    """Infer the edges of every clip in the table.

    Args:
        nodes: `N` tracked nodes.
        affinity: `[N, A]`, what learned similarity compares.
        config: limits.
    """
    if config.edges == "all":
        return _all_pairs(nodes)
    edge_index, relation, confidence = infer_edges(
        box=nodes.box,
        kind=nodes.kind,
        track=nodes.track,
        feature=affinity,
        frame=nodes.frame,
        ptr=nodes.ptr,
        contact=nodes.contact,
        score=nodes.score,
        rules=EdgeRules(k=config.neighbours),
    )
    return SceneGraph(nodes, edge_index, relation, confidence)


def _all_pairs(nodes: Nodes) -> SceneGraph:
    """Every node that is there to every one of its clip, itself too, all by one relation and with confidence 1."""
    there = (nodes.score > 0).nonzero().squeeze(1)
    _, count = torch.searchsorted(nodes.ptr, there, right=True).unique_consecutive(return_counts=True)
    pairs = [torch.cartesian_prod(rows, rows) for rows in there.split(count.tolist())]
    edge_index = torch.cat([pair.T for pair in pairs], dim=1) if pairs else there.new_zeros(2, 0)
    relation = torch.full_like(edge_index[0], INFERRED.index("similarity"))
    return SceneGraph(nodes, edge_index, relation, torch.ones_like(relation, dtype=nodes.box.dtype))

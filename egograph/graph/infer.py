"""From nodes to the graph: the edges come from the input, none is fixed by hand."""

from dataclasses import dataclass

from torch import Tensor

from egograph.graph.scene_graph import SceneGraph
from egograph.nodes.nodes import Nodes
from egograph.ops import EdgeRules, infer_edges


@dataclass(frozen=True)
class GraphConfig:
    """Which edges are inferred.

    Attributes:
        neighbours: learned similarity links each node to this many of other frames and tracks.
    """

    neighbours: int = 3


def infer_graph(nodes: Nodes, affinity: Tensor, config: GraphConfig) -> SceneGraph:
    """Infer the edges of every clip in the table.

    Args:
        nodes: `N` tracked nodes.
        affinity: `[N, A]`, what learned similarity compares.
        config: limits.
    """
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

"""The graph of one clip, or of several: nodes, and edges with a relation and a confidence."""

from dataclasses import dataclass

from torch import Tensor

from egograph.nodes.nodes import Nodes
from egograph.ops import RELATIONS

__all__ = ["RELATIONS", "SceneGraph"]


@dataclass(frozen=True)
class SceneGraph:
    """Nodes and the edges inferred from them.

    Attributes:
        nodes: `N` nodes.
        edge_index: int64 `[2, E]`; row 0 sends, row 1 receives.
        relation: int64 `[E]`, an index into `RELATIONS`.
        confidence: `[E]`, 0 to 1.
    """

    nodes: Nodes
    edge_index: Tensor
    relation: Tensor
    confidence: Tensor

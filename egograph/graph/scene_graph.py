"""The graph of one clip, or of several: nodes, and edges with a relation and a confidence."""

from dataclasses import dataclass

from torch import Tensor

from egograph.nodes.nodes import Nodes
from egograph.ops import RELATIONS as INFERRED

__all__ = ["INFERRED", "RELATIONS", "SceneGraph"]

# Of a verb to what it is done to, with or where: `relationships.txt` of EASG (Rodin et al., arXiv 2312.03391).
ANNOTATED = (
    "around", "dobj", "from", "in", "inside", "into", "on", "onto", "through", "to", "towards", "under", "with",
)  # fmt: skip
RELATIONS = (*INFERRED, *ANNOTATED)


@dataclass(frozen=True)
class SceneGraph:
    """Nodes and their edges: inferred, or annotated.

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

    def clip(self, index: int) -> "SceneGraph":
        """The graph of one of the clips, by itself."""
        first, stop = self.nodes.ptr[index], self.nodes.ptr[index + 1]
        own = (self.edge_index[1] >= first) & (self.edge_index[1] < stop)
        return SceneGraph(
            self.nodes.clip(index), self.edge_index[:, own] - first, self.relation[own], self.confidence[own]
        )

"""Edges sorted by receiver (CSR) and by sender (CSC): the form for large or sparse graphs."""

from dataclasses import dataclass

import torch
from torch import Tensor

PART = 1024  # edges that one program walks; a node with more has them split


@dataclass(frozen=True)
class SenderOrder:
    """The same edges by sender (CSC), for the gradients that flow back along them.

    Attributes:
        colptr: int32 `[N + 1]`, where each sender's edges start.
        row: int32 `[E]`, the receiver of each edge.
        edge: int32 `[E]`, the edge's place in the receivers' order.
        parts: int32 `[2, X]`, see `hub_parts`.
    """

    colptr: Tensor
    row: Tensor
    edge: Tensor
    parts: Tensor


@dataclass(frozen=True)
class CsrEdges:
    """Edges by receiver. Edges of one receiver keep the order in which they were given.

    Attributes:
        rowptr: int32 `[N + 1]`, where each receiver's edges start.
        row: int32 `[E]`, the receiver of each edge.
        col: int32 `[E]`, the sender of each edge.
        permutation: int32 `[E]`, the place of each sorted edge in the `edge_index` that it came from.
        relation: int32 `[E]` in sorted order, or None.
        parts: int32 `[2, X]`, see `hub_parts`.
        by_sender: the same edges by sender.
    """

    rowptr: Tensor
    row: Tensor
    col: Tensor
    permutation: Tensor
    relation: Tensor | None
    parts: Tensor
    by_sender: SenderOrder

    @property
    def device(self) -> torch.device:
        """Where they are."""
        return self.col.device

    @classmethod
    def of(cls, edge_index: Tensor, num_nodes: int, relation: Tensor | None) -> "CsrEdges":
        """Sorts `edge_index` `[2, E]` of `num_nodes` nodes, and `relation` `[E]` with it."""
        row, permutation = torch.sort(edge_index[1].int(), stable=True)
        col = edge_index[0].int().index_select(0, permutation)
        sender, edge = torch.sort(col, stable=True)
        rowptr, colptr = _offsets(row, num_nodes), _offsets(sender, num_nodes)
        none = rowptr.new_empty((2, 0))
        return cls(
            rowptr=rowptr,
            row=row,
            col=col,
            permutation=permutation.int(),
            relation=None if relation is None else relation.int().index_select(0, permutation),
            parts=hub_parts(rowptr, row.shape[0]) if row.is_cuda else none,
            by_sender=SenderOrder(
                colptr=colptr,
                row=row.index_select(0, edge),
                edge=edge.int(),
                parts=hub_parts(colptr, row.shape[0]) if row.is_cuda else none,
            ),
        )

    def check(self, num_nodes: int) -> None:
        """Raises ValueError if an edge names a node outside `0 … num_nodes - 1`."""
        edges = self.col.shape[0]
        if edges == 0:
            return
        first, last = (int(x) for x in self.col.aminmax())
        if first < 0 or last >= num_nodes or int(self.rowptr[0]) != 0 or int(self.rowptr[-1]) != edges:
            raise ValueError(f"edge_index: names a node that is not one of {num_nodes}; nodes count from 0")

    def tensors(self) -> list[Tensor]:
        """All of it, as an op takes it; `of_tensors` puts it together again."""
        one = [self.rowptr, self.row, self.col, self.permutation, self.parts]
        other = [self.by_sender.colptr, self.by_sender.row, self.by_sender.edge, self.by_sender.parts]
        return one + other + ([] if self.relation is None else [self.relation])

    @classmethod
    def of_tensors(cls, tensors: list[Tensor]) -> "CsrEdges":
        """What `tensors` gave."""
        rowptr, row, col, permutation, parts, *by_sender = tensors[:9]
        relation = tensors[9] if len(tensors) > 9 else None
        return cls(rowptr, row, col, permutation, relation, parts, SenderOrder(*by_sender))


def hub_parts(rowptr: Tensor, edges: int) -> Tensor:
    """How the edges of hubs, nodes with more than `PART` of `edges` edges, are split for the GPU.

    Returns:
        int32 `[2, X]`: the node of each part, -1 for parts that are left over, and the part's first edge. The parts of
        a node stand together, in order. X follows from the number of edges alone, so nothing waits for the device.
    """
    degree = rowptr.diff()
    parts = torch.where(degree > PART, (degree + PART - 1) // PART, 0)
    ends = parts.cumsum(0)
    number = torch.arange(2 * (edges // PART), device=rowptr.device)
    node = torch.searchsorted(ends, number, right=True)
    exists = node < degree.shape[0]
    at = node.clamp(max=degree.shape[0] - 1)
    first = rowptr[at] + (number - ends[at] + parts[at]) * PART
    return torch.stack([torch.where(exists, node, -1), torch.where(exists, first, 0)]).int()


def _offsets(sorted_nodes: Tensor, num_nodes: int) -> Tensor:
    """Where each node's run starts in `sorted_nodes` `[E]`: int32 `[N + 1]`."""
    nodes = torch.arange(num_nodes + 1, dtype=torch.int32, device=sorted_nodes.device)
    return torch.searchsorted(sorted_nodes, nodes, out_int32=True)

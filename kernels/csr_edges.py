"""Edges sorted by receiver (CSR) and by sender (CSC): the form for large or sparse graphs."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class SenderOrder:
    """The same edges by sender (CSC), for the gradients that flow back along them.

    Attributes:
        colptr: int32 `[N + 1]`, where each sender's edges start.
        row: int32 `[E]`, the receiver of each edge.
        edge: int32 `[E]`, the edge's place in the receivers' order.
    """

    colptr: Tensor
    row: Tensor
    edge: Tensor


@dataclass(frozen=True)
class CsrEdges:
    """Edges by receiver. Edges of one receiver keep the order in which they were given.

    Attributes:
        rowptr: int32 `[N + 1]`, where each receiver's edges start.
        row: int32 `[E]`, the receiver of each edge.
        col: int32 `[E]`, the sender of each edge.
        permutation: int32 `[E]`, the place of each sorted edge in the `edge_index` that it came from.
        relation: int32 `[E]` in sorted order, or None.
        by_sender: the same edges by sender.
    """

    rowptr: Tensor
    row: Tensor
    col: Tensor
    permutation: Tensor
    relation: Tensor | None
    by_sender: SenderOrder

    @classmethod
    def of(cls, edge_index: Tensor, num_nodes: int, relation: Tensor | None) -> "CsrEdges":
        """Sorts `edge_index` `[2, E]` of `num_nodes` nodes, and `relation` `[E]` with it."""
        row, permutation = torch.sort(edge_index[1].int(), stable=True)
        col = edge_index[0].int().index_select(0, permutation)
        sender, edge = torch.sort(col, stable=True)
        return cls(
            rowptr=_offsets(row, num_nodes),
            row=row,
            col=col,
            permutation=permutation.int(),
            relation=None if relation is None else relation.int().index_select(0, permutation),
            by_sender=SenderOrder(
                colptr=_offsets(sender, num_nodes), row=row.index_select(0, edge), edge=edge.int()
            ),
        )


def _offsets(sorted_nodes: Tensor, num_nodes: int) -> Tensor:
    """Where each node's run starts in `sorted_nodes` `[E]`: int32 `[N + 1]`."""
    nodes = torch.arange(num_nodes + 1, dtype=torch.int32, device=sorted_nodes.device)
    return torch.searchsorted(sorted_nodes, nodes, out_int32=True)

"""The edges of a batch of graphs, sorted once and used by every layer."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class SenderOrder:
    """The same edges by sender (CSC), for the gradients that flow back along them.

    Attributes:
        colptr: int32 `[N + 1]`, where each sender's edges start.
        row: int32 `[E]`, the receiver of each edge.
        edge: int64 `[E]`, the edge's place in the receivers' order.
    """

    colptr: Tensor
    row: Tensor
    edge: Tensor


@dataclass(frozen=True)
class EdgeLayout:
    """Edges by receiver (CSR). Edges of one receiver keep the order in which they were given.

    Attributes:
        num_nodes: N.
        rowptr: int32 `[N + 1]`, where each receiver's edges start.
        row: int32 `[E]`, the receiver of each edge.
        col: int32 `[E]`, the sender of each edge.
        permutation: int64 `[E]`, the place of each sorted edge in the `edge_index` that it came from.
        relation: int64 `[E]` in sorted order, or None.
        ptr: int64 `[G + 1]`, the node offsets of the batch's graphs, or None.
        by_sender: the same edges by sender.
    """

    num_nodes: int
    rowptr: Tensor
    row: Tensor
    col: Tensor
    permutation: Tensor
    relation: Tensor | None
    ptr: Tensor | None
    by_sender: SenderOrder

    @classmethod
    def from_edge_index(
        cls, edge_index: Tensor, num_nodes: int, relation: Tensor | None = None, ptr: Tensor | None = None
    ) -> "EdgeLayout":
        """Sorts `edge_index` `[2, E]` (row 0 sends, row 1 receives) by receiver.

        Args:
            edge_index: int `[2, E]`, as in PyG.
            num_nodes: N.
            relation: int64 `[E]`, the relation of each edge.
            ptr: int64 `[G + 1]`, the node offsets of a batch of graphs.

        Raises:
            ValueError: a shape or type is wrong, or (looked at on the CPU alone) an edge names a node outside
                `0 … N - 1`.
        """
        _check(edge_index, num_nodes, relation, ptr)
        row, permutation = torch.sort(edge_index[1].int(), stable=True)
        col = edge_index[0].int()[permutation]
        return cls(
            num_nodes=num_nodes,
            rowptr=_offsets(row, num_nodes),
            row=row,
            col=col,
            permutation=permutation,
            relation=None if relation is None else relation[permutation].long(),
            ptr=ptr,
            by_sender=_by_sender(row, col, num_nodes),
        )


def _by_sender(row: Tensor, col: Tensor, num_nodes: int) -> SenderOrder:
    col, edge = torch.sort(col, stable=True)
    return SenderOrder(colptr=_offsets(col, num_nodes), row=row[edge], edge=edge)


def _offsets(sorted_nodes: Tensor, num_nodes: int) -> Tensor:
    """Where each node's run starts in `sorted_nodes` `[E]`: int32 `[N + 1]`."""
    nodes = torch.arange(num_nodes + 1, dtype=torch.int32, device=sorted_nodes.device)
    return torch.searchsorted(sorted_nodes, nodes, out_int32=True)


def _check(edge_index: Tensor, num_nodes: int, relation: Tensor | None, ptr: Tensor | None) -> None:
    if edge_index.ndim != 2 or edge_index.shape[0] != 2 or edge_index.is_floating_point():
        raise ValueError(f"edge_index: {edge_index.dtype} {list(edge_index.shape)}; give integers of shape [2, E]")
    if relation is not None and relation.shape != edge_index.shape[1:]:
        raise ValueError(f"relation: shape {list(relation.shape)}; give one number per edge, [{edge_index.shape[1]}]")
    if ptr is not None and ptr.ndim != 1:
        raise ValueError(f"ptr: shape {list(ptr.shape)}; give the node offsets [G + 1] of G graphs")
    if edge_index.device.type == "cpu" and edge_index.numel() > 0 and not torch.compiler.is_compiling():
        first, last = edge_index.aminmax()
        if first < 0 or last >= num_nodes:
            node = int(first if first < 0 else last)
            raise ValueError(f"edge_index: names node {node} of {num_nodes}; nodes count from 0")

"""The edges of a batch of small graphs as one dense tile of pairs a graph."""

from dataclasses import dataclass

import torch
from torch import Tensor

MAX_NODES = 128  # of a graph, so that its tile, keys and values fit on chip
MAX_RELATIONS = 126  # a pair holds its relation in one byte
NO_EDGE = -1e30  # finite, so that a row without edges has no NaN


@dataclass(frozen=True)
class TileEdges:
    """G graphs in P slots each, P the size of the largest (on CUDA a multiple of 16). A pair has one edge at most.

    Attributes:
        ptr: int32 `[G + 1]`, the node offsets of the graphs.
        code: int8 `[G, P, P]`, receiver by sender: 0 without an edge, else 1 + its relation (1 without relations).
        pair: int64 `[E]`, the place of each edge in `code`, in the order in which the edges were given.
        mask: `[G, P, P]`, what is added to the scores of pairs; on the CPU alone, the kernels read `code`.
        isolated: whether a node may have no incoming edge.
    """

    ptr: Tensor
    code: Tensor
    pair: Tensor
    mask: Tensor | None
    isolated: bool

    @property
    def device(self) -> torch.device:
        """Where they are."""
        return self.code.device

    @classmethod
    def of(
        cls, edge_index: Tensor, num_nodes: int, relation: Tensor | None, ptr: Tensor | None, slots: int
    ) -> "TileEdges":
        """Lays out `edge_index` `[2, E]` and `relation` `[E]` in `slots` slots for each graph of `ptr` `[G + 1]`."""
        if ptr is None:
            ptr = torch.tensor([0, num_nodes], device=edge_index.device)
            pair = edge_index[1].long() * slots + edge_index[0]
        else:
            graph = torch.searchsorted(ptr, edge_index[1].contiguous(), right=True) - 1
            sender, receiver = edge_index - ptr.index_select(0, graph)
            pair = (graph * slots + receiver) * slots + sender
        code = torch.zeros((ptr.shape[0] - 1) * slots**2, dtype=torch.int8, device=edge_index.device)
        kind = torch.ones_like(pair, dtype=torch.int8) if relation is None else (relation + 1).to(torch.int8)
        code = code.scatter_(0, pair, kind).view(-1, slots, slots)
        if code.is_cuda:
            return cls(ptr.int(), code, pair, mask=None, isolated=True)
        return cls(ptr.int(), code, pair, mask=no_edge_mask(code), isolated=not bool(code.any(-1).all()))

    def spread(self, confidence: Tensor) -> Tensor:
        """Confidences `[E]` in their places, `[G, P, P]`; 0 where there is no edge. Differentiable."""
        flat = confidence.new_zeros(self.code.numel())
        return flat.scatter(0, self.pair, confidence).view(self.code.shape)


def no_edge_mask(code: Tensor) -> Tensor:
    """What `code` `[G, P, P]` adds to the scores: 0 for an edge, else far below them."""
    return (code == 0).to(torch.float32).mul_(NO_EDGE)

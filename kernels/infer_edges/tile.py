"""The graphs of a batch side by side: one row of slots a graph, one tile of pairs a graph."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Tile:
    """G graphs in P slots each, P the size of the largest.

    A pair is known by one number, `(graph · P + receiver's slot) · P + sender's slot`; sorted by it, they are
    sorted by receiver, then sender.

    Attributes:
        node: int64 `[G, P]`, the node in each slot; N in a slot that is left over.
    """

    node: Tensor

    @classmethod
    def of(cls, ptr: Tensor, num_nodes: int) -> "Tile":
        """Lays out the graphs between the node offsets `ptr` `[G + 1]`.

        Raises:
            ValueError: the offsets don't end at `num_nodes`.
        """
        if ptr.numel() < 2:
            return cls(ptr.new_zeros((0, 0)))
        sizes = ptr.diff()
        slots, end = torch.stack([sizes.max(), ptr[-1]]).tolist()  # one wait for the device
        if end != num_nodes:
            raise ValueError(f"ptr: ends at {end}, there are {num_nodes} nodes; give the offsets of all of them")
        slot = torch.arange(slots, device=ptr.device)
        node = ptr[:-1, None] + slot
        return cls(node.masked_fill_(slot >= sizes[:, None], num_nodes))

    def key(self, value: Tensor, counts: Tensor) -> Tensor:
        """`value` `[N]` in the slots of nodes that count (bool `[N]`), else a number of the slot's own."""
        own = -2 - torch.arange(self.node.shape[1], device=value.device)
        value = torch.cat([value, value.new_zeros(1)])[self.node]
        counts = torch.cat([counts, counts.new_zeros(1)])[self.node]
        return torch.where(counts, value, own)

    def edge_index(self, pair: Tensor) -> Tensor:
        """The sender and the receiver `[2, E]` of pairs `[E]`."""
        slots = self.node.shape[1]
        row, sender = pair // slots, pair % slots
        receiver = self.node.flatten()[row]
        return torch.stack([receiver + sender - row % slots, receiver])

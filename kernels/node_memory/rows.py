"""A table of nodes of fixed size, and what message passing starts from."""

from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.kernels.node_table import NodeTable


@dataclass(frozen=True)
class NodeRows(NodeTable):
    """A table of nodes with their state.

    Attributes:
        state: `[N, C]`, what message passing starts from.
    """

    state: Tensor

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.state.ndim != 2 or self.state.shape[0] != len(self):
            raise ValueError(f"state: shape {list(self.state.shape)}; give [{len(self)}, C] for {len(self)} nodes")

    @classmethod
    def empty(
        cls, rows: int, channels: int, feature_channels: int, device: str | torch.device, dtype: torch.dtype
    ) -> "NodeRows":
        """Rows without nodes, of C `channels` and A `feature_channels`."""
        numbers = torch.zeros((3, rows), dtype=torch.int64, device=device)
        return cls(
            box=torch.zeros((rows, 4), device=device),
            kind=numbers[0],
            track=numbers[1],
            feature=torch.zeros((rows, feature_channels), dtype=dtype, device=device),
            frame=numbers[2],
            contact=torch.zeros((rows, 2), device=device),
            score=torch.zeros(rows, device=device),
            state=torch.zeros((rows, channels), dtype=dtype, device=device),
        )

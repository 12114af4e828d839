"""A table of nodes of fixed size, and what message passing starts from."""

from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.kernels.infer_edges.table import check_table


@dataclass(frozen=True)
class NodeRows:
    """N rows; `egograph.ops.infer_edges` says what the columns are. A row of score 0 holds no node.

    Attributes:
        state: `[N, C]`, what message passing starts from.
        box: `[N, 4]`.
        kind: int64 `[N]`.
        track: int64 `[N]`.
        feature: `[N, A]`, what similarity compares.
        frame: int64 `[N]`.
        contact: `[N, 2]`.
        score: `[N]`.
    """

    state: Tensor
    box: Tensor
    kind: Tensor
    track: Tensor
    feature: Tensor
    frame: Tensor
    contact: Tensor
    score: Tensor

    def __post_init__(self) -> None:
        check_table(self.box, self.kind, self.track, self.feature, self.frame, self.contact, self.score)
        if self.state.ndim != 2 or self.state.shape[0] != len(self):
            raise ValueError(f"state: shape {list(self.state.shape)}; give [{len(self)}, C] for {len(self)} nodes")

    def __len__(self) -> int:
        return self.kind.shape[0]

    @classmethod
    def empty(
        cls, rows: int, channels: int, feature_channels: int, device: str | torch.device, dtype: torch.dtype
    ) -> "NodeRows":
        """Rows without nodes, of C `channels` and A `feature_channels`."""
        numbers = torch.zeros((3, rows), dtype=torch.int64, device=device)
        return cls(
            state=torch.zeros((rows, channels), dtype=dtype, device=device),
            box=torch.zeros((rows, 4), device=device),
            kind=numbers[0],
            track=numbers[1],
            feature=torch.zeros((rows, feature_channels), dtype=dtype, device=device),
            frame=numbers[2],
            contact=torch.zeros((rows, 2), device=device),
            score=torch.zeros(rows, device=device),
        )

    def tensors(self) -> list[Tensor]:
        """The columns."""
        columns = [self.state, self.box, self.kind, self.track, self.feature]
        return [*columns, self.frame, self.contact, self.score]

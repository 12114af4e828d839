"""A table of nodes, from which edges are inferred."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor


@dataclass(frozen=True)
class NodeTable:
    """N nodes; `egograph.ops.infer_edges` says what the columns are. A row of score 0 holds no node.

    Attributes:
        box: `[N, 4]`.
        kind: int64 `[N]`.
        track: int64 `[N]`.
        feature: `[N, A]`, what similarity compares.
        frame: int64 `[N]`.
        contact: `[N, 2]`.
        score: `[N]`.

    Raises:
        ValueError: a column does not fit the others.
    """

    box: Tensor
    kind: Tensor
    track: Tensor
    feature: Tensor
    frame: Tensor
    contact: Tensor
    score: Tensor

    def __post_init__(self) -> None:
        if self.kind.ndim != 1:
            raise ValueError(f"kind: shape {list(self.kind.shape)}; give [N], a kind for each node")
        nodes = len(self)
        wanted = {"box": [nodes, 4], "contact": [nodes, 2], "score": [nodes], "track": [nodes], "frame": [nodes]}
        for name, shape in wanted.items():
            given = list(getattr(self, name).shape)
            if given != shape:
                raise ValueError(f"{name}: shape {given}; give {shape} for {nodes} nodes")
        if self.feature.ndim != 2 or self.feature.shape[0] != nodes:
            raise ValueError(f"feature: shape {list(self.feature.shape)}; give [{nodes}, D] for {nodes} nodes")

    def __len__(self) -> int:
        return self.kind.shape[0]

    @property
    def device(self) -> torch.device:
        """Where they are."""
        return self.kind.device

    def tensors(self) -> list[Tensor]:
        """The columns, in the order of the fields."""
        return [value for field in fields(self) if isinstance(value := getattr(self, field.name), Tensor)]

"""Edges that are inferred from a table of nodes where they are attended over, and never listed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.kernels.infer_edges.rules import EdgeRules
from egograph.kernels.infer_edges.table import check_table


@dataclass(frozen=True)
class InferredEdges:
    """A table of nodes, G graphs of P rows each; `egograph.ops.infer_edges` says what its columns are.

    Attributes:
        box: `[G · P, 4]`.
        kind: int64 `[G · P]`.
        track: int64 `[G · P]`.
        feature: `[G · P, A]`.
        frame: int64 `[G · P]`.
        contact: `[G · P, 2]`.
        score: `[G · P]`, 0 in a row that holds no node.
        graphs: G.
        rules: the thresholds.
    """

    box: Tensor
    kind: Tensor
    track: Tensor
    feature: Tensor
    frame: Tensor
    contact: Tensor
    score: Tensor
    graphs: int
    rules: EdgeRules

    def __post_init__(self) -> None:
        check_table(self.box, self.kind, self.track, self.feature, self.frame, self.contact, self.score)
        devices = {str(x.device) for x in self.tensors()}
        if len(devices) > 1:
            raise ValueError(f"box … score: on {' and '.join(sorted(devices))}; put all columns on one device")
        if self.graphs < 1 or self.kind.shape[0] % self.graphs:
            raise ValueError(f"graphs: {self.graphs} of {self.kind.shape[0]} rows; give graphs of equally many rows")

    @property
    def device(self) -> torch.device:
        """Where they are."""
        return self.kind.device

    @property
    def slots(self) -> int:
        """P."""
        return self.kind.shape[0] // self.graphs

    @classmethod
    def of_tensors(cls, tensors: list[Tensor], graphs: int, rules: EdgeRules) -> "InferredEdges":
        """What `tensors` gave, as edges again."""
        box, kind, track, feature, frame, contact, score = tensors
        return cls(box, kind, track, feature, frame, contact, score, graphs, rules)

    def tensors(self) -> list[Tensor]:
        """The columns."""
        return [self.box, self.kind, self.track, self.feature, self.frame, self.contact, self.score]

    def ptr(self) -> Tensor:
        """int64 `[G + 1]`, the node offsets of the graphs."""
        return torch.arange(self.graphs + 1, device=self.kind.device) * self.slots

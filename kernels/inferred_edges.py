"""Edges that are inferred from a table of nodes where they are attended over, and never listed."""

from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.kernels.infer_edges.rules import EdgeRules
from egograph.kernels.node_table import NodeTable


@dataclass(frozen=True)
class InferredEdges(NodeTable):
    """The edges of a table of nodes, G graphs of P rows each.

    Attributes:
        graphs: G.
        rules: the thresholds.
    """

    graphs: int
    rules: EdgeRules

    def __post_init__(self) -> None:
        super().__post_init__()
        devices = {str(x.device) for x in self.tensors()}
        if len(devices) > 1:
            raise ValueError(f"box … score: on {' and '.join(sorted(devices))}; put all columns on one device")
        if self.graphs < 1 or len(self) % self.graphs:
            raise ValueError(f"graphs: {self.graphs} of {len(self)} rows; give graphs of equally many rows")

    @property
    def slots(self) -> int:
        """P."""
        return len(self) // self.graphs

    @classmethod
    def of_tensors(cls, tensors: list[Tensor], graphs: int, rules: EdgeRules) -> "InferredEdges":
        """What `tensors` gave, as edges again."""
        box, kind, track, feature, frame, contact, score = tensors
        return cls(box, kind, track, feature, frame, contact, score, graphs, rules)

    def ptr(self) -> Tensor:
        """int64 `[G + 1]`, the node offsets of the graphs."""
        return torch.arange(self.graphs + 1, device=self.device) * self.slots

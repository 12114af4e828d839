"""The last nodes of each stream, in ring buffers that stay where they are."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from egograph.kernels.edge_layout import EdgeLayout
from egograph.kernels.infer_edges.rules import DEFAULT_RULES, EdgeRules
from egograph.kernels.node_memory import cpu
from egograph.kernels.node_memory.rows import NodeRows


@dataclass(frozen=True)
class NodeMemory:
    """The last P nodes of each of G streams.

    Its tensors keep their place and size. On CUDA neither `insert` nor `evict` waits for the device or allocates: each
    is one kernel, and a CUDA graph can record it.

    Attributes:
        rows: the nodes, P rows a stream, in the order in which a ring is written.
        head: int64 `[G]`, the slot that the next node takes.
        count: int64 `[G]`, how many nodes there are, the P at most that end before `head`.
    """

    rows: NodeRows
    head: Tensor
    count: Tensor

    def __post_init__(self) -> None:
        if not all(x.is_contiguous() for x in (*self.rows.tensors(), self.head, self.count)):
            raise ValueError("rows: not contiguous; make a memory with NodeMemory.empty")

    @classmethod
    def empty(
        cls,
        streams: int,
        capacity: int,
        channels: int,
        feature_channels: int,
        device: str | torch.device = "cpu",
        dtype: torch.dtype = torch.float32,
    ) -> "NodeMemory":
        """A memory of `capacity` P nodes a stream, of C `channels` of state and A `feature_channels`, in `dtype`."""
        if streams < 1 or capacity < 1:
            raise ValueError(f"streams, capacity: {streams} and {capacity}; give at least 1 of each")
        rows = NodeRows.empty(streams * capacity, channels, feature_channels, device, dtype)
        return cls(rows, *torch.zeros((2, streams), dtype=torch.int64, device=device))

    @property
    def streams(self) -> int:
        """G."""
        return self.head.shape[0]

    @property
    def capacity(self) -> int:
        """P."""
        return len(self.rows) // self.streams

    @torch.no_grad()
    def insert(self, nodes: NodeRows, count: Tensor) -> None:
        """Writes nodes over the oldest.

        Args:
            nodes: M rows a stream, in the order of their frames; M is at most P.
            count: int64 `[G]`, how many of a stream's rows are written, from the first.

        Raises:
            ValueError: a shape or a type is not the memory's.
        """
        self._check(nodes, count)
        if len(nodes) == 0:
            return
        if self.head.device.type == "cpu":
            cpu.insert(self.rows.tensors(), self.head, self.count, nodes.tensors(), count)
            return
        from egograph.kernels.node_memory import triton_ring  # Triton is there on GPU machines alone

        with torch.cuda.device(self.head.device):
            triton_ring.insert(self.rows.tensors(), self.head, self.count, nodes.tensors(), count)

    @torch.no_grad()
    def evict(self, before: Tensor) -> None:
        """Forgets a stream's oldest nodes, up to the first whose frame is not earlier than `before`, int64 `[G]`.

        Raises:
            ValueError: `before` has another shape, type or device.
        """
        self._check_per_stream("before", before)
        if self.head.device.type == "cpu":
            cpu.evict(self.rows.frame, self.rows.score, self.head, self.count, before)
            return
        from egograph.kernels.node_memory import triton_ring

        with torch.cuda.device(self.head.device):
            triton_ring.evict(self.rows.frame, self.rows.score, self.head, self.count, before)

    def layout(self, rules: EdgeRules = DEFAULT_RULES) -> EdgeLayout:
        """The edges between the nodes of each stream, whichever are there when it is attended over."""
        box, kind, track, feature, frame, contact, score, _ = self.rows.tensors()
        return EdgeLayout.from_nodes(box, kind, track, feature, frame, contact, score, self.streams, rules)

    def _check(self, nodes: NodeRows, count: Tensor) -> None:
        self._check_per_stream("count", count)
        if len(nodes) % self.streams or len(nodes) > len(self.rows):
            most = f"at most {self.capacity} for each of {self.streams} streams"
            raise ValueError(f"nodes: {len(nodes)} rows; give equally many a stream, {most}")
        for field, own, new in zip(fields(nodes), self.rows.tensors(), nodes.tensors(), strict=True):
            if own.shape[1:] != new.shape[1:] or own.dtype != new.dtype or own.device != new.device:
                given, wanted = (f"{x.dtype} {list(x.shape[1:])} a node on {x.device}" for x in (new, own))
                raise ValueError(f"nodes: {field.name} is {given}; the memory's is {wanted}")

    def _check_per_stream(self, name: str, tensor: Tensor) -> None:
        wanted = self.head
        if tensor.shape != wanted.shape or tensor.dtype != wanted.dtype or tensor.device != wanted.device:
            given = f"{tensor.dtype} {list(tensor.shape)} on {tensor.device}"
            raise ValueError(f"{name}: {given}; give {wanted.dtype} [{self.streams}] on {wanted.device}, one a stream")

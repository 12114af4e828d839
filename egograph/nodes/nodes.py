"""The node table: hands, objects and scene of one clip, or of several clips in a row."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from egograph.kernels.infer_edges.relations import NodeKind

LEFT_HAND, RIGHT_HAND, OBJECT, SCENE = (int(kind) for kind in NodeKind)
VERB = len(NodeKind)
KINDS = (*(kind.name.lower().replace("_", " ") for kind in NodeKind), "verb")
MEMORY_FRAME = -1
UNTRACKED = -1
UNKNOWN_NOUN = -1


@dataclass(frozen=True)
class Nodes:
    """`N` nodes of `G` clips.

    Attributes:
        feature: `[N, D]`.
        box: `[N, 4]`, xyxy, 0 to 1 of the frame's width and height.
        kind: int64 `[N]`, an index into `KINDS`; annotated graphs alone have verbs as nodes.
        frame: int64 `[N]`, the frame within the clip; `MEMORY_FRAME` for what is remembered of earlier clips.
        track: int64 `[N]`, the identity over time within the stream; `UNTRACKED` before tracking.
        score: `[N]`, 0 to 1; 0 is a node that is not there.
        noun: int64 `[N]`, class index in the model's vocabulary, or `UNKNOWN_NOUN`; of a verb, that of the verb.
        contact: `[N, 2]`, for an object the probability that the left (0) and the right (1) hand of its frame touches
            it; for a hand, in the column of its own side, that it touches anything.
        ptr: int64 `[G + 1]`, where each clip's nodes begin, and the end.
    """

    feature: Tensor
    box: Tensor
    kind: Tensor
    frame: Tensor
    track: Tensor
    score: Tensor
    noun: Tensor
    contact: Tensor
    ptr: Tensor

    def __len__(self) -> int:
        return self.box.shape[0]

    @property
    def clips(self) -> int:
        """The number of clips `G`."""
        return self.ptr.shape[0] - 1

    def clip(self, index: int) -> "Nodes":
        """The nodes of one of the clips, as a table of their own."""
        return self.between(index, index + 1)

    def between(self, first: int, last: int) -> "Nodes":
        """The nodes of the clips `first` to `last` (exclusive), as a table of their own."""
        rows = slice(int(self.ptr[first]), int(self.ptr[last]))
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        return Nodes(**columns, ptr=self.ptr[first : last + 1] - self.ptr[first])

    def with_(self, **columns: Tensor) -> "Nodes":
        """The same nodes with some columns replaced."""
        return replace(self, **columns)

    @staticmethod
    def cat(tables: Sequence["Nodes"]) -> "Nodes":
        """Tables in a row, each keeping its clips."""
        columns = {name: torch.cat([getattr(table, name) for table in tables]) for name in COLUMNS}
        offsets = [0]
        for table in tables:
            offsets.append(offsets[-1] + len(table))
        ptr = [table.ptr[1:] + offset for table, offset in zip(tables, offsets[:-1], strict=True)]
        return Nodes(**columns, ptr=torch.cat([tables[0].ptr[:1], *ptr]))


COLUMNS = tuple(field.name for field in fields(Nodes) if field.name != "ptr")

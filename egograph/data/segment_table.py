"""Segments as one table of nodes: what training draws batches from, and a bounded view of each segment's past."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch import Tensor

from egograph.data.visor import AnnotatedFrame
from egograph.data.visor_segments import SegmentFrames
from egograph.nodes.identity import Boxes, identities
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, UNKNOWN_NOUN, UNTRACKED

ABSENT = -1
MOST_OBJECTS = 10  # a frame; those in a hand first, then the largest
_LONGEST_GAP = 60.0


@dataclass(frozen=True)
class SegmentTable:
    """`S` segments, each with at most `N` nodes in at most `T` frames, oldest first; all absent rows come last.

    Attributes:
        kind: int64 `[S, N]`, `ABSENT` where there is no node; every frame has a scene.
        noun: int64 `[S, N]`, class index, `UNKNOWN_NOUN` for all but objects.
        box: `[S, N, 4]`, xyxy, 0 to 1.
        contact: `[S, N, 3]`: the left hand touches it, the right one does, what it touches is not annotated. Of a hand,
            its own side says whether it touches an annotated object.
        frame: int64 `[S, N]`, the place of the node's frame.
        track: int64 `[S, N]`, identity within the segment's frames.
        time: `[S, T]`, seconds of each frame from the segment's start, below 0 before it; NaN where there is none.
        within: bool `[S, T]`, the frame is of the segment and not of its past.
        duration: `[S]`, seconds.
        gap: `[S]`, see `SegmentFrames`, at most a minute.
        verb: int64 `[S]`.
        target: int64 `[S]`, the noun that the segment is labelled with.
    """

    kind: Tensor
    noun: Tensor
    box: Tensor
    contact: Tensor
    frame: Tensor
    track: Tensor
    time: Tensor
    within: Tensor
    duration: Tensor
    gap: Tensor
    verb: Tensor
    target: Tensor

    def __len__(self) -> int:
        return self.kind.shape[0]

    @property
    def present(self) -> Tensor:
        """Whether there is a node: bool `[S, N]`."""
        return self.kind != ABSENT

    def take(self, index: Tensor) -> "SegmentTable":
        """Some of the segments, as narrow as they allow."""
        table = SegmentTable(**{field.name: getattr(self, field.name)[index] for field in fields(self)})
        most = max(1, int(table.present.sum(1).max())) if len(table) else 0
        return table.with_(**{name: getattr(table, name)[:, :most] for name in NODE_COLUMNS})

    def with_(self, **columns: Tensor) -> "SegmentTable":
        """The same segments with some columns replaced."""
        return replace(self, **columns)


NODE_COLUMNS = ("kind", "noun", "box", "contact", "frame", "track")


@dataclass
class _Rows:
    kind: list[int]
    noun: list[int]
    box: list[tuple[float, ...]]
    contact: list[tuple[float, float, float]]
    frame: list[int]
    track: list[int]


def segment_table(segments: Sequence[SegmentFrames], past: int, within: int, nouns: int) -> SegmentTable:
    """Lay segments out.

    Args:
        segments: what `read_visor_segments` gives.
        past: frames before the segment, at most.
        within: frames of the segment itself, at most; of more the last.
        nouns: noun classes; VISOR has further ones (feet, gloves that nobody wears), which count as unknown.
    """
    seen = [[*(entry.past[-past:] if past else ()), *entry.within[-within:]] for entry in segments]
    rows = [_rows(frames, nouns) for frames in seen]
    most, longest = max(len(row.kind) for row in rows), past + within
    time = np.full((len(segments), longest), np.nan, dtype=np.float32)
    inside = np.zeros((len(segments), longest), dtype=bool)
    for place, (entry, frames) in enumerate(zip(segments, seen, strict=True)):
        time[place, : len(frames)] = [frame.time - entry.segment.start for frame in frames]
        inside[place, len(frames) - len(entry.within[-within:]) : len(frames)] = True

    def padded(name: str, empty: float) -> Tensor:
        columns = [torch.tensor(getattr(row, name)) for row in rows]
        shape = (len(rows), most, *columns[0].shape[1:])
        table = torch.full(shape, empty, dtype=columns[0].dtype)
        for place, column in enumerate(columns):
            table[place, : len(column)] = column
        return table

    return SegmentTable(
        kind=padded("kind", ABSENT),
        noun=padded("noun", UNKNOWN_NOUN),
        box=padded("box", 0.0),
        contact=padded("contact", 0.0),
        frame=padded("frame", ABSENT),
        track=padded("track", UNTRACKED),
        time=torch.from_numpy(time),
        within=torch.from_numpy(inside),
        duration=torch.tensor([entry.segment.stop - entry.segment.start for entry in segments]),
        gap=torch.tensor([min(entry.gap, _LONGEST_GAP) for entry in segments]),
        verb=torch.tensor([entry.segment.verb for entry in segments]),
        target=torch.tensor([entry.segment.noun for entry in segments]),
    )


def _rows(frames: Sequence[AnnotatedFrame], nouns: int) -> _Rows:
    rows = _Rows([], [], [], [], [], [])
    identity = identities([Boxes(frame.box, frame.kind, frame.noun) for frame in frames])
    for place, (frame, tracks) in enumerate(zip(frames, identity, strict=True)):
        hands = [int(row) for side in (LEFT_HAND, RIGHT_HAND) for row in np.flatnonzero(frame.kind == side)[:1]]
        touched = {int(frame.kind[hand]): int(frame.contact[hand]) for hand in hands}
        for row in [*hands, *_objects(frame, list(touched.values()))]:
            kind, noun = int(frame.kind[row]), int(frame.noun[row])
            sides = [(side == kind and other >= 0) or other == row for side, other in touched.items()]
            unsure = kind != OBJECT and not frame.contact_known[row]
            by_side = dict(zip(touched, sides, strict=True))
            rows.contact.append((float(by_side.get(LEFT_HAND, 0)), float(by_side.get(RIGHT_HAND, 0)), float(unsure)))
            rows.kind.append(kind)
            rows.noun.append(noun if 0 <= noun < nouns else UNKNOWN_NOUN)
            rows.box.append(tuple(frame.box[row].tolist()))
            rows.frame.append(place)
            rows.track.append(int(tracks[row]))
        rows.kind.append(SCENE)
        rows.noun.append(UNKNOWN_NOUN)
        rows.box.append((0.0, 0.0, 1.0, 1.0))
        rows.contact.append((0.0, 0.0, 0.0))
        rows.frame.append(place)
        rows.track.append(UNTRACKED)
    return rows


def _objects(frame: AnnotatedFrame, touched: Sequence[int]) -> list[int]:
    """The rows of the frame's objects that are kept."""
    size = (frame.box[:, 2:] - frame.box[:, :2]).prod(1)
    rows = [int(row) for row in np.flatnonzero(frame.kind == OBJECT)]
    return sorted(rows, key=lambda row: (row not in touched, -float(size[row])))[:MOST_OBJECTS]

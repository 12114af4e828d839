"""Batches of short sequences of clips, drawn from annotated videos; step `n` of a seed is always the same batch."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from egograph.training.augment import Look, augment
from egograph.training.detection_loss import BoxTruth
from egograph.training.frame_store import FrameStore
from egograph.training.truth import UNKNOWN, VideoTruth, clip_truth


@dataclass(frozen=True)
class ActionTruth:
    """The actions of clips `[S, B]`: class indices, -1 where a clip is not inside an action; `acting` is 1, 0 or -1."""

    verb: Tensor
    noun: Tensor
    acting: Tensor


@dataclass(frozen=True)
class Batch:
    """`B` sequences of `S` clips of `T` frames.

    Attributes:
        pixels: uint8 `[S, B, T, h, w, 3]`.
        valid: bool `[S, B, T]`.
        annotated: int64 `[A]`, which of the `S·B·T` frames have boxes.
        boxes: the truth of those frames.
        actions: the truth of the clips.
    """

    pixels: Tensor
    valid: Tensor
    annotated: Tensor
    boxes: BoxTruth
    actions: ActionTruth


@dataclass(frozen=True)
class Sequences:
    """Draws sequences of clips from videos.

    Attributes:
        store: the frames.
        truths: the truth of each video.
        clips: clips `S` a sequence.
        frames: frames `T` a clip.
    """

    store: FrameStore
    truths: Sequence[VideoTruth]
    clips: int
    frames: int

    def draw(self, size: int, rng: np.random.Generator) -> Batch:
        """Draw `size` sequences, each from a random video at a random frame, in a random look."""
        weight = np.array([len(truth.annotated) for truth in self.truths], dtype=float)
        videos = rng.choice(len(self.truths), size, p=weight / weight.sum())
        rows = [self._sequence(int(video), rng) for video in videos]
        columns = {field.name: torch.stack([getattr(row, field.name) for row in rows]) for field in fields(_Row)}
        annotated = columns["annotated"].view(size, self.clips, self.frames).transpose(0, 1)
        index = annotated.flatten().nonzero().flatten()

        def clipwise(name: str) -> Tensor:
            """`[B, S·T, …]` to `[S, B, T, …]`."""
            return columns[name].unflatten(1, (self.clips, self.frames)).transpose(0, 1)

        def of_annotated(name: str) -> Tensor:
            return clipwise(name).flatten(0, 2)[index]

        return Batch(
            pixels=clipwise("pixels"),
            valid=clipwise("valid"),
            annotated=index,
            boxes=BoxTruth(*(of_annotated(name) for name in ("box", "kind", "noun", "touches"))),
            actions=ActionTruth(*(columns["action"][..., part].T for part in range(3))),
        )

    def _sequence(self, video: int, rng: np.random.Generator) -> "_Row":
        truth, wanted = self.truths[video], self.clips * self.frames
        length = len(truth.annotated)
        start = int(rng.integers(0, max(1, length - wanted + 1)))
        stop = min(start + wanted, length)
        pixels = self.store.pixels[self.store.offset[video] + start : self.store.offset[video] + stop]
        actions = []
        for clip in range(self.clips):
            first = start + clip * self.frames
            part = clip_truth(truth, first, min(first + self.frames, stop))
            actions.append((part.verb, part.noun, part.acting if first < stop else -1))
        here = slice(start, stop)
        row = _Row(
            pixels=_padded(pixels, wanted, 0),
            valid=torch.arange(wanted) < stop - start,
            annotated=_padded(truth.annotated[here], wanted, False),
            box=_padded(truth.box[here], wanted, 0),
            kind=_padded(truth.kind[here], wanted, -1),
            noun=_padded(truth.noun[here], wanted, -1),
            touches=_padded(truth.touches[here], wanted, UNKNOWN),
            action=torch.tensor(actions),
        )
        return _seen_anew(row, Look.draw(rng))


@dataclass(frozen=True)
class _Row:
    """One sequence of `S·T` frames; `action` is `[S, 3]`."""

    pixels: Tensor
    valid: Tensor
    annotated: Tensor
    box: Tensor
    kind: Tensor
    noun: Tensor
    touches: Tensor
    action: Tensor


def _padded(rows: NDArray[np.generic], length: int, fill: float) -> Tensor:
    full = np.full((length, *rows.shape[1:]), fill, dtype=rows.dtype)
    full[: len(rows)] = rows
    return torch.from_numpy(full)


def _seen_anew(row: _Row, look: Look) -> _Row:
    pixels, box, kind, touches = augment(row.pixels, row.box, row.kind, row.touches, look)
    return _Row(pixels, row.valid, row.annotated, box, kind, row.noun, touches, row.action)

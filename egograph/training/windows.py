"""Windows of videos on the fixed clock: where a training sequence begins, and what its clips show."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from egograph.training.truth import ClipTruth, VideoTruth, clip_truth


@dataclass(frozen=True)
class ActionTruth:
    """The actions of clips `[S, B]`: class indices, -1 where a clip is not inside an action; `acting` is 1, 0 or -1."""

    verb: Tensor
    noun: Tensor
    acting: Tensor


@dataclass(frozen=True)
class Windows:
    """`B` windows of `S` clips of `T` frames each.

    Attributes:
        video: int64 `[B]`.
        frame: int64 `[S, B, T]`, rows of the frame store; a padded frame repeats its video's last.
        valid: bool `[S, B, T]`.
        actions: the truth of the clips.
    """

    video: NDArray[np.int64]
    frame: Tensor
    valid: Tensor
    actions: ActionTruth


def draw_windows(
    truths: Sequence[VideoTruth],
    offset: NDArray[np.int64],
    size: int,
    clips: int,
    frames: int,
    rng: np.random.Generator,
) -> Windows:
    """Draw windows from random videos, each from a random frame on, so that the clips' phase is random too.

    Args:
        truths: of each video.
        offset: int64 `[V + 1]`, the frame store's rows of each video.
        size: windows `B`.
        clips: clips `S` a window.
        frames: frames `T` a clip.
        rng: draws.
    """
    lengths = np.diff(offset)
    wanted = clips * frames
    videos = rng.choice(len(truths), size, p=lengths / lengths.sum())
    starts = rng.integers(0, np.maximum(1, lengths[videos] - wanted + 1))
    tick = starts[:, None] + np.arange(wanted)
    valid = tick < lengths[videos, None]
    row = offset[videos, None] + np.minimum(tick, lengths[videos, None] - 1)
    parts = [
        [_truth(truths[video], start + clip * frames, frames) for video, start in zip(videos, starts, strict=True)]
        for clip in range(clips)
    ]
    return Windows(
        videos,
        _by_clip(torch.from_numpy(row), clips, frames),
        _by_clip(torch.from_numpy(valid), clips, frames),
        ActionTruth(*(torch.tensor([[getattr(part, name) for part in line] for line in parts]) for name in _PARTS)),
    )


_PARTS = ("verb", "noun", "acting")


def _truth(truth: VideoTruth, first: int, frames: int) -> ClipTruth:
    last = min(first + frames, len(truth.annotated))
    return clip_truth(truth, first, last) if first < last else ClipTruth(-1, -1, -1)


def _by_clip(rows: Tensor, clips: int, frames: int) -> Tensor:
    """`[B, S·T]` to `[S, B, T]`."""
    return rows.unflatten(1, (clips, frames)).transpose(0, 1)

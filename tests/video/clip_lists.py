"""Compare lists of clips."""

from collections.abc import Sequence

import numpy as np

from egograph.errors import SourceError
from egograph.video.clip import Clip
from egograph.video.open_reader import ReaderName
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source


def clips_and_fault(path, reader: ReaderName, **clock) -> tuple[list[Clip], str | None]:
    """All clips of a file, and the line of its fault if it has one."""
    clips: list[Clip] = []
    try:
        for clip in ClipSampler(reader=reader, **clock).clips(Source(str(path), "a", live=False)):
            clips.append(clip)
    except SourceError as fault:
        return clips, str(fault)
    return clips, None


def assert_same_but_for_pixels(clips: Sequence[Clip], others: Sequence[Clip]) -> None:
    """All that is said of the clips is the same, exactly."""
    assert [(c.stream, c.index, c.start, c.stop) for c in clips] == [
        (c.stream, c.index, c.start, c.stop) for c in others
    ]
    for clip, other in zip(clips, others, strict=True):
        np.testing.assert_array_equal(clip.times, other.times)
        np.testing.assert_array_equal(clip.valid, other.valid)


def pixel_differences(clips: Sequence[Clip], others: Sequence[Clip]) -> np.ndarray:
    """The mean absolute difference of each clip's pixels, of 255."""
    pairs = zip(clips, others, strict=True)
    return np.array([np.abs(clip.frames.astype(np.int16) - other.frames).mean() for clip, other in pairs])

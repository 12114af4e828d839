"""The clips of labelled segments, cut from their videos by time."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from egograph.data.faults import Faults
from egograph.errors import SourceError
from egograph.video.clip import Clip
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source

_UNREADABLE = "a video that can't be read"


class Timed(Protocol):
    """A labelled part of a video, such as `epic.Segment` or `ego4d.Moment`; `start` and `stop` are seconds."""

    @property
    def video(self) -> str: ...  # noqa: D102 - see the class

    @property
    def start(self) -> float: ...  # noqa: D102

    @property
    def stop(self) -> float: ...  # noqa: D102


T = TypeVar("T", bound=Timed)


def segment_clips(
    segments: Iterable[T],
    recording: Callable[[str], Source | None],
    sampler: ClipSampler,
    faults: Faults | None = None,
) -> Iterator[tuple[T, tuple[Clip, ...]]]:
    """Each segment with its clips, whose times count from the segment's start.

    A video gives the same clips as a file and as extracted frames, but for what JPEG does to pixels; of 59.94 frames a
    second, whose pictures are numbered at 60, a frame may be the one before or after.

    Args:
        segments: in any order.
        recording: finds a video by its name, with `epic_recording` or `ego4d_recording`; None if it is absent.
        sampler: the clock, which starts anew with each segment.
        faults: counts segments whose video is absent, can't be read or ends before they start, and leaves them out;
            counts those whose video breaks off within them. Strict unless given.

    Raises:
        EgographError: a segment has to be left out, and `faults` are strict.
    """
    faults = faults or Faults()
    for segment in segments:
        where = f"{segment.video}, {segment.start:.2f} to {segment.stop:.2f} s"
        source = recording(segment.video)
        if source is None:
            faults.drop("no video", where, "download it, or leave out its segments")
        elif clips := _clips(segment, source, sampler, faults, where):
            yield segment, clips


def _clips(segment: Timed, source: Source, sampler: ClipSampler, faults: Faults, where: str) -> tuple[Clip, ...]:
    clips: list[Clip] = []
    try:
        for clip in sampler.stretch(source, segment.start, segment.stop):
            clips.append(clip)  # one by one: those before a fault are good
    except SourceError as fault:
        if clips:
            faults.note("the video breaks off within it", where)
        else:
            faults.drop(_UNREADABLE, where, "give a whole video", detail=fault)
    else:
        if not clips:
            faults.drop("starts after the video's end", where)
    return tuple(clips)

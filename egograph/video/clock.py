"""The fixed clock: which frame of a stream is on display at each tick, and which ticks make a clip."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Self

from egograph.errors import TruncatedSource
from egograph.video.reader import Frame

TOLERANCE = 0.001  # seconds by which a frame may be later than its tick: containers round times, some to 1 ms


@dataclass(frozen=True)
class Clock:
    """Tick n is at `n / fps` seconds from the first frame; `frames` ticks make a clip."""

    fps: float
    frames: int

    def tick(self, n: int) -> float:
        """The time of tick n, seconds."""
        return n / self.fps

    def moment(self, n: int) -> float:
        """Frames up to this time, seconds, are on display at tick n or were before it."""
        return n / self.fps + TOLERANCE


@dataclass(frozen=True)
class Pick:
    """The frames chosen for a clip, not yet pixels.

    Attributes:
        index: the clip's place on the clock.
        frames: the frame on display at each of the clip's ticks, up to the stream's end: one at least.
        stop: seconds, the next clip's start or the stream's end.
    """

    index: int
    frames: tuple[Frame, ...]
    stop: float

    def until(self, end: float, clock: Clock) -> Self:
        """What is left of it if the stream ends there; perhaps no frame."""
        first = self.index * clock.frames
        ticks = sum(clock.moment(first + i) < end for i in range(len(self.frames)))
        return replace(self, frames=self.frames[:ticks], stop=min(self.stop, end))


def picks(frames: Iterable[Frame], clock: Clock, live: bool, end: Callable[[], float]) -> Iterator[Pick]:
    """Choose the frames of a stream's clips, clip after clip.

    The frame on display at a tick is the last that is not later than it. It is known when a later frame arrives, or the
    stream ends: nothing looks further ahead.

    Args:
        frames: the stream's frames, as `Reader.frames` gives them.
        clock: the clock.
        live: give a clip as soon as its last tick is known; else wait for the tick after it, so that the last clip
            stops where the video does.
        end: where the stream ends, seconds; asked after its last frame.

    Raises:
        TruncatedSource: after the last clip, if the source could not be read to its end.
        SourceError: no frame could be read.
    """
    gathered = _Gathered(clock)
    on_display: Frame | None = None
    truncated = None
    try:
        for frame in frames:
            if on_display is not None:
                yield from gathered.show(on_display, frame.time)
                if live and gathered.is_full:
                    yield gathered.take()
            on_display = frame
    except TruncatedSource as fault:
        truncated = fault
    if on_display is not None:
        stop = end() if truncated is None else truncated.decoded
        yield from gathered.show(on_display, stop)
        if gathered.frames:
            yield gathered.take(stop)
    if truncated is not None:
        raise truncated


class _Gathered:
    """The ticks of the clip that is being gathered."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.tick = 0
        self.frames: list[Frame] = []

    @property
    def is_full(self) -> bool:
        return len(self.frames) == self.clock.frames

    def show(self, frame: Frame, until: float) -> Iterator[Pick]:
        """The frame is on display until then; gives the clips that this makes full, but for the last."""
        while self.clock.moment(self.tick) < until or self.tick == 0:
            if self.is_full:
                yield self.take()
            self.frames.append(frame)
            self.tick += 1

    def take(self, end: float | None = None) -> Pick:
        """The clip as it is, and begin the next."""
        index = (self.tick - 1) // self.clock.frames
        stop = self.clock.tick((index + 1) * self.clock.frames)
        pick = Pick(index, tuple(self.frames), stop if end is None else min(stop, end))
        self.frames = []
        return pick

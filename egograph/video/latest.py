"""LatestClips: of a stream that does not wait, the newest clip first."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Condition, Thread
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from egograph.video.clip import Clip
from egograph.video.clock import Pick, picks
from egograph.video.paced import paced
from egograph.video.reader import Frame, Reader
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True)
class LatestClip:
    """A clip of a stream that does not wait.

    Attributes:
        clip: the clip; its index is its place on the clock, so a dropped clip leaves a hole.
        arrival: when its last frame was there, seconds of `time.time()`.
        dropped: the stream's clips that were dropped up to now.
    """

    clip: Clip
    arrival: float
    dropped: int


class LatestClips:
    """Iterates over a stream's clips at its user's pace: the newest is taken, those that nobody took are dropped.

    A thread reads the frames: a live source's as they come, a file's at their times, as if it were a camera. Only the
    clips that are taken are turned into pixels. Use it as a context manager; the reader stays open when it ends.

    Args:
        sampler: the clock.
        reader: an open source; a file is best opened with `pyav`, which does not go back for `picture`.
        stream: the stream's name.
        now: the present, seconds of `time.time()`.
    """

    def __init__(self, sampler: ClipSampler, reader: Reader, stream: str, now: Callable[[], float] = time.time) -> None:
        self.dropped = 0
        self._sampler, self._reader, self._stream, self._now = sampler, reader, stream, now
        self._changed = Condition()
        self._waiting: Pick | None = None
        self._newest: Frame | None = None
        self._stopped = self._ended = False
        self._fault: BaseException | None = None
        self._thread = Thread(target=self._read, name=f"frames of {stream}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._thread.join()

    def __iter__(self) -> Iterator[LatestClip]:
        """Wait for a clip that was not taken yet, until the stream ends.

        Raises:
            TruncatedSource: after the last clip, if the source broke off.
            SourceError: no frame of it could be read.
        """
        while (pick := self._take()) is not None:
            clip = self._sampler.clip(self._reader, self._stream, pick)
            yield LatestClip(clip, pick.frames[-1].arrival, self.dropped)

    def picture(self) -> tuple[float, NDArray[np.uint8]] | None:
        """The newest frame's time, seconds, and pixels, uint8 `[H, W, 3]`; None before the first."""
        frame = self._newest
        return None if frame is None else (frame.time, self._reader.pixels([frame])[0])

    def _take(self) -> Pick | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._ended or self._stopped)
            pick, self._waiting = self._waiting, None
            if pick is None and self._fault is not None:
                raise self._fault
            return pick

    def _read(self) -> None:
        try:
            for pick in picks(self._frames(), self._sampler.clock, live=True, end=lambda: self._reader.end):
                self._put(pick)
        except BaseException as fault:  # it is raised where the clips are taken
            self._fault = fault
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _frames(self) -> Iterator[Frame]:
        frames = self._reader.frames()
        for frame in frames if self._reader.live else paced(frames, self._wait, self._now):
            if self._stopped:
                return
            self._newest = frame
            yield frame

    def _put(self, pick: Pick) -> None:
        with self._changed:
            self.dropped += self._waiting is not None
            self._waiting = pick
            self._changed.notify_all()

    def _wait(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped, seconds)

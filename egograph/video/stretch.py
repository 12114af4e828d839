"""Stretch: a part of a video as a stream of its own, whose first moment is the part's start."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from egograph.errors import TruncatedSource
from egograph.video.clock import TOLERANCE
from egograph.video.reader import Closes, Frame, Reader


class SeekableReader(Reader, Protocol):
    """A reader that need not begin at the beginning."""

    def frames_from(self, start: float) -> Iterator[Frame]:
        """As `frames`, from the frame on display at `start` (seconds) or one before it."""
        ...


class Stretch(Closes):
    """A `Reader` of what another shows between two times, counted from the first.

    The frame on display at the start comes first, at time 0. A video that ends within the stretch ends it; of one that
    ends before it nothing comes.

    Args:
        reader: of a whole video; is closed with this.
        start: seconds from the video's first frame.
        stop: seconds, after `start`.
    """

    live = False

    def __init__(self, reader: SeekableReader, start: float, stop: float) -> None:
        self._reader, self._start, self._stop = reader, start, stop
        self.duration = stop - start

    @property
    def end(self) -> float:
        """See `Reader`."""
        return min(self._reader.end, self._stop) - self._start

    def frames(self) -> Iterator[Frame]:
        """See `Reader.frames`."""
        on_display: Frame | None = None
        try:
            for frame in self._reader.frames_from(self._start):
                if frame.time >= self._stop - TOLERANCE:
                    break
                if on_display is not None and frame.time > self._start + TOLERANCE:
                    yield self._moved(on_display)
                on_display = frame
        except TruncatedSource as fault:
            if on_display is not None and fault.decoded > self._start:
                yield self._moved(on_display)
            raise self._moved_fault(fault) from None
        if on_display is not None and self._reader.end > self._start:
            yield self._moved(on_display)

    def pixels(self, frames: Sequence[Frame]) -> NDArray[np.uint8]:
        """See `Reader.pixels`."""
        try:
            return self._reader.pixels([frame.handle for frame in frames if isinstance(frame.handle, Frame)])
        except TruncatedSource as fault:
            raise self._moved_fault(fault) from None

    def close(self) -> None:
        """See `Reader.close`."""
        self._reader.close()

    def _moved(self, frame: Frame) -> Frame:
        return Frame(max(0.0, frame.time - self._start), frame, frame.arrival)

    def _moved_fault(self, fault: TruncatedSource) -> TruncatedSource:
        return TruncatedSource(str(fault), max(0.0, fault.decoded - self._start))

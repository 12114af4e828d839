"""ClipSampler: a video source as clips on a fixed clock."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from egograph.errors import TruncatedSource
from egograph.video.clip import LONGEST_CLIP, Clip
from egograph.video.clock import Clock, Pick, picks
from egograph.video.open_reader import ReaderName, open_reader, open_seekable
from egograph.video.reader import Reader
from egograph.video.source import Source
from egograph.video.stretch import Stretch


@dataclass(frozen=True)
class ClipSampler:
    """Samples sources on a fixed clock, by the times of their frames.

    Memory is bounded: a clip's pixels, the reader's few frames, and with decord its window (see `decord_reader`).

    Attributes:
        fps: ticks a second, above 0.
        frames: ticks a clip, 1 to 64.
        reader: `auto`, `decord` or `pyav`, see `open_reader`; all give the same clips of a file.

    Raises:
        ValueError: a value is out of its range.
    """

    fps: float = 8.0
    frames: int = 8
    reader: ReaderName = "auto"

    def __post_init__(self) -> None:
        if not 0 < self.fps < math.inf:
            raise ValueError(f"fps={self.fps}: has to be a number above 0")
        if not 1 <= self.frames <= LONGEST_CLIP:
            raise ValueError(f"frames={self.frames}: has to be 1 to {LONGEST_CLIP}")
        if self.reader not in get_args(ReaderName):
            raise ValueError(f"reader={self.reader}: not one of {', '.join(get_args(ReaderName))}")

    @property
    def clock(self) -> Clock:
        """The sampler's clock."""
        return Clock(self.fps, self.frames)

    def clips(self, source: Source) -> Iterator[Clip]:
        """All clips of a source, each as soon as its frames are known.

        Raises:
            TruncatedSource: after the last clip, if the source could not be decoded to its end.
            SourceError: the source cannot be opened, has no video, or no frame of it can be decoded.
        """
        with open_reader(source, self.reader) as reader:
            yield from self.sample(reader, source.name)

    def stretch(self, source: Source, start: float, stop: float) -> Iterator[Clip]:
        """The clips of a part of a source, which count time from `start` (seconds); none if the source ends before it.

        Raises:
            TruncatedSource: after the last clip, if the part could not be decoded to its end.
            SourceError: the source cannot be opened, is live, has no video, or no frame of it can be decoded.
        """
        with Stretch(open_seekable(source), start, stop) as reader:
            yield from self.sample(reader, source.name)

    def sample(self, reader: Reader, stream: str) -> Iterator[Clip]:
        """All clips of an open reader; raises as `clips`."""
        clips = self._decodable(reader, stream)
        if reader.live:
            yield from clips
            return
        before: Clip | None = None  # waits for the next clip, whose decoding may show that the stream ended before it
        try:
            for clip in clips:
                if before is not None:
                    yield before
                before = clip
        except TruncatedSource as fault:
            if before is not None:
                yield replace(before, stop=min(before.stop, fault.decoded))
            raise
        if before is not None:
            yield before

    def clip(self, reader: Reader, stream: str, pick: Pick) -> Clip:
        """Turn a pick into a clip; raises as `Reader.pixels`."""
        shown = list(dict.fromkeys(pick.frames))  # a frame may be on display for many ticks
        place = {frame: i for i, frame in enumerate(shown)}
        padded = [*pick.frames, *[pick.frames[-1]] * (self.frames - len(pick.frames))]
        pixels = reader.pixels(shown)
        rows = [place[frame] for frame in padded]
        return Clip(
            stream=stream,
            index=pick.index,
            frames=pixels if len(shown) == self.frames else pixels[rows],
            times=np.array([frame.time for frame in padded], dtype=np.float64),
            valid=np.arange(self.frames) < len(pick.frames),
            start=self.clock.tick(pick.index * self.frames),
            stop=pick.stop,
        )

    def _decodable(self, reader: Reader, stream: str) -> Iterator[Clip]:
        for pick in picks(reader.frames(), self.clock, reader.live, lambda: reader.end):
            try:
                clip = self.clip(reader, stream, pick)
            except TruncatedSource as fault:
                decoded = pick.until(fault.decoded, self.clock)
                if decoded.frames:
                    yield self.clip(reader, stream, decoded)
                raise
            yield clip

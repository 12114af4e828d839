"""PyAVReader: any source that FFmpeg can open, live ones too, frame by frame as they come."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import cast

import av
import numpy as np
from av import Packet, VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from egograph.errors import SourceError, TruncatedSource
from egograph.video.container import joins_anywhere, open_container, reason, stated_duration, video_stream
from egograph.video.orientation import Matrix, display_matrix, upright
from egograph.video.reader import Closes, Frame
from egograph.video.source import Source

log = logging.getLogger(__name__)

_SHORT_OF_PROMISE = 0.5  # seconds that a file may end before its stated duration; containers round and pad


@dataclass(frozen=True)
class Look:
    """How a stream's pictures are stored, by its first frame.

    Attributes:
        codec: FFmpeg's name of it.
        width, height: pixels as stored, before the display matrix.
        pixel_format: FFmpeg's name of it.
        matrix: the display matrix, see `display_matrix`.
    """

    codec: str
    width: int
    height: int
    pixel_format: str
    matrix: Matrix


class PyAVReader(Closes):
    """A `Reader` over PyAV. The memory it holds is the decoder's few frames and those that the caller keeps.

    A file is read up to its first fault, because what comes after is built on pictures that are missing; a source that
    is made to lose packets (a live one, a transport stream) goes on.

    Attributes:
        stream: the video stream.
        look: how its pictures are stored; None before its first frame.

    Raises:
        SourceError: the source cannot be opened, or has no video.
    """

    def __init__(self, source: Source) -> None:
        self._address, self._source = str(source), source
        self._open()
        self.duration = stated_duration(self._container, self.stream)
        self.live = source.live and self.duration is None
        self.end = 0.0
        self._goes_on = self.live or joins_anywhere(self._container)
        self._fault: str | None = None
        self._converter = VideoReformatter()
        self._converting = Lock()  # a stream's clips and its newest picture may be asked for in different threads
        self.look: Look | None = None
        self._origin: int | None = None
        self._latest = -1.0
        self._count = 0

    def frames(self) -> Iterator[Frame]:
        """See `Reader.frames`."""
        return self.decode(self.packets())

    def frames_from(self, start: float) -> Iterator[Frame]:
        """As `frames`, from a key frame that is not later than `start` (seconds) on.

        Raises:
            TruncatedSource: as `Reader.frames`.
            SourceError: as `Reader.frames`, or the source is live.
        """
        if self.live:
            raise SourceError(f"{self._address}: a live source begins where it is; give a file")
        next(self.frames())  # times are counted from it
        first = next(self.frames(), None) if self._seek(start) else None
        if first is not None and first.time <= start:
            self._seek(start)
        else:  # a container without an index may be searched in vain
            self._container.close()
            self._open()
            self.end = 0.0
        self._latest, self._fault = -1.0, None
        return self.frames()

    def pixels(self, frames: Sequence[Frame]) -> NDArray[np.uint8]:
        """See `Reader.pixels`."""
        with self._converting:
            first = self._rgb(frames[0].handle)
            pixels = np.empty((len(frames), *first.shape), dtype=np.uint8)
            pixels[0] = first
            for row, frame in enumerate(frames[1:], start=1):
                pixels[row] = self._rgb(frame.handle)
            return pixels

    def packets(self) -> "Iterator[Packet[VideoStream]]":
        """The stream's packets as the file has them, up to the first that is not whole."""
        try:
            for packet in self._container.demux(self.stream):
                if packet.is_corrupt and not self._goes_on:
                    self._fault = "the file is cut off"
                    return
                if packet.size:
                    yield packet
        except (av.error.FFmpegError, OSError) as fault:
            self._fault = reason(fault)

    def decode(self, packets: "Iterable[Packet[VideoStream]]") -> Iterator[Frame]:
        """Decode packets that begin with a key frame to the stream's frames, and to its end.

        Raises:
            TruncatedSource: as `Reader.frames`.
            SourceError: as `Reader.frames`.
        """
        for packet in packets:
            yield from self._place(self._decoded(packet))
        yield from self._place(self._decoded(None))
        self.check_whole()

    def check_whole(self) -> None:
        """Say so if the source ended before its time.

        Raises:
            TruncatedSource: as `Reader.frames`.
            SourceError: as `Reader.frames`.
        """
        early = self.duration is not None and self.end < self.duration - _SHORT_OF_PROMISE
        if self._fault or early or not self._count:
            raise self.broken_off(self.end, self._count, self._fault or "the file ends before its time")

    def advance(self, pts: int | None, duration: int | None) -> float | None:
        """Put the next frame on the stream's time line.

        Args:
            pts: its presentation time in the stream's time base; None puts it where the last one ends.
            duration: how long it is shown, in the time base; None or 0 where the container does not say.

        Returns:
            Seconds from the first frame; None for a frame that is not later than the one before, which is left out.
        """
        shown = None if pts is None else pts - self._rebase(pts)
        time = self.end if shown is None else self._seconds(shown)
        if time <= self._latest:
            log.debug("%s: left out a frame at %.3f s that is not after %.3f s", self._address, time, self._latest)
            return None
        self._latest, self.end = time, self._end_of(time, shown, duration)
        self._count += 1
        return time

    def broken_off(self, decoded: float, frames: int, why: str) -> SourceError:
        """The fault of a source that could be decoded for so many seconds and frames, and no further."""
        if not frames:
            return SourceError(f"{self._address}: no frame could be decoded ({why}); give a whole video file")
        whole = "" if self.duration is None else f" of {self.duration:.2f} s"
        return TruncatedSource(
            f"{self._address}: decoding stopped at {decoded:.2f} s ({frames} frames){whole}: {why}; "
            "labels cover what could be decoded",
            decoded,
        )

    def close(self) -> None:
        """See `Reader.close`."""
        self._container.close()

    def _open(self) -> None:
        self._container = open_container(self._source)
        try:
            self.stream: VideoStream = video_stream(self._container, self._source)
        except SourceError:
            self._container.close()
            raise

    def _seek(self, start: float) -> bool:
        """Go on reading at a key frame that is not later than `start`; whether the container may know of one."""
        base, origin = self.stream.time_base, self._origin
        if base is None or origin is None:  # its frames have no times
            return False
        self._container.seek(origin + int(start / base), stream=self.stream)
        self._latest, self._fault = -1.0, None
        return True

    def _decoded(self, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
        try:
            return self.stream.decode(packet)
        except (av.error.FFmpegError, ValueError) as fault:
            if not self._goes_on:
                raise self.broken_off(self.end, self._count, reason(fault)) from None
            log.debug("%s: left out a packet: %s", self._address, reason(fault))
            return []

    def _place(self, pictures: Iterable[VideoFrame]) -> Iterator[Frame]:
        for picture in pictures:
            self.look = self.look or self._look_of(picture)
            # AVI has no presentation times; what FFmpeg gives as such is out of order where there are B-frames.
            shown = picture.dts if self._container.format.name == "avi" else picture.pts
            time = self.advance(shown, picture.duration)
            if time is not None:
                yield Frame(time, picture)

    def _look_of(self, picture: VideoFrame) -> Look:
        codec = self.stream.codec_context.name
        return Look(codec, picture.width, picture.height, picture.format.name, display_matrix(picture))

    def _rebase(self, pts: int) -> int:
        if self._origin is None:
            self._origin = pts
        return self._origin

    def _end_of(self, time: float, shown: int | None, duration: int | None) -> float:
        if shown is not None and duration:
            return self._seconds(shown + duration)
        rate = self.stream.average_rate or self.stream.guessed_rate
        return time + (float(1 / rate) if rate else 0.0)

    def _seconds(self, ticks: int) -> float:
        base = self.stream.time_base
        assert base is not None  # a demuxed stream has one
        return ticks * base.numerator / base.denominator

    def _rgb(self, picture: object) -> NDArray[np.uint8]:
        assert isinstance(picture, VideoFrame)
        look = self.look
        assert look is not None  # known from the first frame on
        # One size for the whole stream, though its encoder may change the size midway. One converter, with one thread:
        # setting one up for each frame, with its threads, takes longer than converting.
        rgb = self._converter.reformat(picture, look.width, look.height, format="rgb24", threads=1)
        return upright(cast(NDArray[np.uint8], rgb.to_ndarray()), look.matrix)


def first_look(source: Source) -> Look:
    """Open a source just to see how its pictures are stored.

    Raises:
        SourceError: it cannot be opened, or its first frame cannot be decoded.
    """
    with PyAVReader(source) as reader:
        next(reader.frames())
        assert reader.look is not None  # known from the first frame on
        return reader.look

"""DecordReader: decord for files, held to a bounded memory, with PyAV for what decord cannot do.

What is contained, and how. decord is unmaintained; these were seen with 0.6.0:

- It feeds its decoder as fast as it can read while it waits for a frame, and the decoder goes on when nobody waits:
  with a consumer slower than it, a whole video ends up decoded in memory (1080p: 3.4 GB after eight clips). No number
  of threads and no way of asking stops that; seeking back does, at the price of decoding again and of spurious
  failures. So decord is never given the file: PyAV reads the packets and cuts them at key frames into windows of at
  most `READ_AHEAD` bytes of decoded frames, and decord decodes each window as a video in memory. Frames between two
  key frames that exceed a window go to PyAV, and with them the rest of the file.
- Its times are float32 (half a frame after some hours) and wrong for some containers; the packets' are used.
- At a broken packet it fails a frame or more too early, and claims frames that are not there: what it fails on, PyAV
  decodes again, and tells how far it went.
- It does not honour a mirroring display matrix; such files go to PyAV.
"""

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from threading import Lock
from typing import Any

import av
import numpy as np
from av import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from egograph.video.container import reason
from egograph.video.orientation import is_mirrored
from egograph.video.pyav_reader import Look, PyAVReader
from egograph.video.reader import Closes, Frame
from egograph.video.source import Source
from egograph.video.window import LOOK_AHEAD, Window, remux, window_length

log = logging.getLogger(__name__)

READ_AHEAD = 256 * 2**20  # bytes of RGB that decord may have decoded unasked
_LONGEST = 512  # frames; PyAV may have to decode a window once more for every clip in it

_CODECS = ("h264", "hevc", "vp9")  # a packet is a frame, and decord's FFmpeg knows them
_EXACT = ("yuv420p", "yuvj420p")


def decord_fault(source: Source, look: Look, exact: bool) -> str | None:
    """Why decord should not decode a file; None if it should.

    Args:
        source: the file.
        look: its pictures.
        exact: only where its pixels are bit by bit those of PyAV: 8-bit 4:2:0 of even size.
    """
    try:
        import decord  # noqa: F401
    except (ImportError, OSError) as fault:
        return f"decord cannot be loaded ({fault})"
    if not source.is_file:
        return "not a file"
    if look.codec not in _CODECS:
        return f"codec {look.codec}"
    if is_mirrored(look.matrix):
        return "a mirroring display matrix"
    if exact and look.pixel_format not in _EXACT:
        return f"pixel format {look.pixel_format}"
    if exact and (look.width % 2 or look.height % 2):
        return f"odd size {look.width}x{look.height}"
    return None


@dataclass(frozen=True)
class _Place:
    """A frame's place: which of its window's frames it is."""

    window: Window
    index: int


class DecordReader(Closes):
    """A `Reader` of files over decord; see this module for what is contained.

    Its clips are those of `PyAVReader`: the same frames at the same times, the pixels the same bit by bit for 8-bit
    4:2:0 of even size; for other formats chroma is interpolated differently, which is seen where saturated colours
    meet: on average at most 4 of 255 on a colour test pattern. In a damaged file a broken frame goes unnoticed if its
    window holds no later frame that a clip shows.

    Args:
        source: a file.
        look: its pictures, from `first_look`.

    Raises:
        SourceError: as `PyAVReader`.
    """

    live = False

    def __init__(self, source: Source, look: Look) -> None:
        self._address = str(source)
        self._pyav = PyAVReader(source)
        self._pyav.look = look
        self._most = min(_LONGEST, max(1, READ_AHEAD // (look.width * look.height * 3)))
        self._open: tuple[Window, Any] | None = None
        self._given_up = False
        self._decoding = Lock()  # a stream's clips and its newest picture may be asked for in different threads

    @property
    def duration(self) -> float | None:
        """See `Reader`."""
        return self._pyav.duration

    @property
    def end(self) -> float:
        """See `Reader`."""
        return self._pyav.end

    def frames(self) -> Iterator[Frame]:
        """See `Reader.frames`."""
        packets = self._pyav.packets()
        pending: list[Packet[VideoStream]] = []
        offset = 0
        while True:
            for packet in packets:
                pending.append(packet)
                if len(pending) >= self._most + LOOK_AHEAD:
                    break
            if not pending:
                return self._pyav.check_whole()
            length = 0 if self._given_up else window_length(pending, self._most)
            video = self._remuxed(pending[:length])
            if video is None:
                log.debug("%s: PyAV reads on from frame %d", self._address, offset)
                yield from self._pyav.decode(chain(pending, packets))
                return None
            yield from self._window_frames(video, pending[:length], offset)
            offset += length
            del pending[:length]

    def pixels(self, frames: Sequence[Frame]) -> NDArray[np.uint8]:
        """See `Reader.pixels`."""
        runs = []
        with self._decoding:
            for window, run in groupby(frames, key=_window_of):
                asked = list(run)
                runs.append(self._pyav.pixels(asked) if window is None else self._window_pixels(window, asked))
        return runs[0] if len(runs) == 1 else np.concatenate(runs)

    def close(self) -> None:
        """See `Reader.close`."""
        self._open = None
        self._pyav.close()

    def _remuxed(self, packets: "Sequence[Packet[VideoStream]]") -> bytes | None:
        try:
            return remux(packets, self._pyav.stream) if packets else None
        except av.error.FFmpegError as fault:
            log.debug("%s: packets that make no MP4: %s", self._address, reason(fault))
            return None

    def _window_frames(self, video: bytes, packets: "Sequence[Packet[VideoStream]]", offset: int) -> Iterator[Frame]:
        before = self._pyav.end
        times, ends = [], []
        for packet in sorted(packets, key=lambda packet: packet.pts or 0):
            time = self._pyav.advance(packet.pts, packet.duration)
            assert time is not None  # a window's times rise, and it begins after the one before
            times.append(time)
            ends.append(self._pyav.end)
        window = Window(video, tuple(ends), before, offset)
        for index, time in enumerate(times):
            yield Frame(time, _Place(window, index))

    def _window_pixels(self, window: Window, frames: Sequence[Frame]) -> NDArray[np.uint8]:
        indices = [frame.handle.index for frame in frames if isinstance(frame.handle, _Place)]
        if not self._given_up:
            try:
                return self._by_decord(window, indices)
            except Exception as fault:  # decord raises of many kinds, AssertionError among them
                log.debug("%s: decord failed in frames from %d on: %s", self._address, window.offset, fault)
                self._given_up, self._open = True, None
        return self._by_pyav(window, indices)

    def _by_decord(self, window: Window, indices: Sequence[int]) -> NDArray[np.uint8]:
        import decord

        if self._open is None or self._open[0] is not window:
            level = decord.logging.ERROR if log.isEnabledFor(logging.DEBUG) else decord.logging.QUIET
            decord.logging.set_level(level)
            video = decord.VideoReader(io.BytesIO(window.video), num_threads=1)
            if len(video) != len(window.ends):
                raise ValueError(f"it counts {len(video)} frames of {len(window.ends)}")
            self._open = (window, video)
        pixels: NDArray[np.uint8] = self._open[1].get_batch(indices).asnumpy()
        return pixels

    def _by_pyav(self, window: Window, indices: Sequence[int]) -> NDArray[np.uint8]:
        wanted: dict[int, Frame] = {}
        decoded, why = 0, "frames are missing"
        try:
            with av.open(io.BytesIO(window.video), "r") as container:
                for picture in container.decode(video=0):
                    if decoded in indices:
                        wanted[decoded] = Frame(0.0, picture)
                    decoded += 1
                    if decoded > max(indices):
                        break
        except (av.error.FFmpegError, ValueError) as fault:
            why = reason(fault)
        if decoded <= max(indices):
            raise self._pyav.broken_off(window.end_of(decoded), window.offset + decoded, why)
        return self._pyav.pixels([wanted[index] for index in indices])


def _window_of(frame: Frame) -> Window | None:
    return frame.handle.window if isinstance(frame.handle, _Place) else None

"""VideoWriter: RGB frames to an MP4 that any browser plays."""

import logging
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from egograph.errors import EgographError
from egograph.video.container import reason

log = logging.getLogger(__name__)

_BT709 = 1  # FFmpeg's number of it, as matrix, as primaries and as transfer curve

# H.264, or MPEG-4 Part 2 where PyAV was built without it; both at a quality that is not seen. The same frames give the
# same bytes: x264's rate control by macroblock tree does not, and its output changes with the number of threads.
_ENCODERS: dict[str, dict[str, str]] = {
    "libx264": {"preset": "veryfast", "crf": "20", "threads": "1", "x264-params": "mbtree=0"},
    "mpeg4": {"flags": "+qscale", "global_quality": "354"},
}


class VideoWriter:
    """Writes frames to an MP4 file. It appears under its name when it is whole; not at all after a fault, or if empty.

    A context manager, or `close` it. The encoders want even sizes: an odd one gets its last column or row twice.

    Args:
        path: where the file goes.
        fps: frames a second.
        size: width and height, pixels.

    Raises:
        EgographError: the file cannot be written.
    """

    def __init__(self, path: Path, fps: float, size: tuple[int, int]) -> None:
        self._path, self._size = path, size
        self._partial = path.with_name(f".{path.name}.part")
        try:
            self._partial.touch()  # FFmpeg opens it at the first frame; here is where to say that it cannot be
            self._container = av.open(self._partial, "w", format="mp4", options={"movflags": "+faststart"})
        except (av.error.FFmpegError, OSError) as fault:
            raise EgographError(f"{path}: cannot be written ({reason(fault)}); give another folder") from None
        try:
            self._rate = Fraction(fps).limit_denominator(1001)
            self._stream = self._add_stream()
        except BaseException:
            self._discard()
            raise
        self._converter = VideoReformatter()
        self._count = 0

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Add a frame: uint8 `[H, W, 3]`, RGB.

        Raises:
            ValueError: it is not of the video's size or type.
            EgographError: the disk is full.
        """
        width, height = self._size
        if frame.shape != (height, width, 3) or frame.dtype != np.uint8:
            raise ValueError(f"frame {frame.dtype} {frame.shape}: has to be uint8 {(height, width, 3)}")
        even = np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        rgb = VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24")
        picture = self._converter.reformat(
            rgb, format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG, threads=1
        )
        picture.pts = self._count
        picture.time_base = 1 / self._rate
        self._count += 1
        self._encode(picture)

    def close(self) -> None:
        """Finish the file and give it its name.

        Raises:
            EgographError: the disk is full.
        """
        if not self._count:
            return self._discard()
        self._encode(None)
        try:
            self._container.close()
        except (av.error.FFmpegError, OSError) as fault:
            raise self._failed(fault) from None
        self._partial.replace(self._path)
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._discard()

    def _add_stream(self) -> VideoStream:
        width, height = self._size
        name = next(name for name in _ENCODERS if name in av.codecs_available)
        stream = self._container.add_stream(name, self._rate, options=dict(_ENCODERS[name]))
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = width + width % 2, height + height % 2
        stream.pix_fmt = "yuv420p"
        stream.colorspace = stream.color_primaries = stream.color_trc = _BT709
        stream.color_range = ColorRange.MPEG
        return stream

    def _encode(self, picture: VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(picture):
                self._container.mux(packet)
        except (av.error.FFmpegError, OSError) as fault:
            raise self._failed(fault) from None

    def _failed(self, fault: BaseException) -> EgographError:
        self._discard()
        return EgographError(f"{self._path}: cannot be written ({reason(fault)}); make room or give another folder")

    def _discard(self) -> None:
        try:
            self._container.close()
        except (av.error.FFmpegError, OSError, ValueError) as fault:
            log.debug("%s: %s", self._partial, reason(fault))
        self._partial.unlink(missing_ok=True)

"""Videos as H.264 in MP4."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2

ENCODER = {"preset": "ultrafast", "crf": "25", "threads": "1"}


class Mp4:
    """An H.264 file whose bytes depend on the frames alone."""

    def __init__(self, path: Path, fps: int, size: tuple[int, int]) -> None:
        import av

        self._av = av
        self._container = av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"})
        self._stream: Any = self._container.add_stream(
            "libx264", rate=Fraction(fps), options={**ENCODER, "g": str(2 * fps)}
        )
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.flags |= 1 << 23

    def __enter__(self) -> "Mp4":
        return self

    def write(self, image: Any) -> None:
        """Adds a frame, uint8 `[H, W, 3]` RGB."""
        planes = cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420)
        for packet in self._stream.encode(self._av.VideoFrame.from_ndarray(planes, format="yuv420p")):
            self._container.mux(packet)

    def __exit__(self, *fault: object) -> None:
        if fault[0] is None:
            for packet in self._stream.encode():
                self._container.mux(packet)
        self._container.close()

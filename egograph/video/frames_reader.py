"""FramesReader: a video that was extracted to numbered pictures, in a folder or a tar, as EPIC-KITCHENS gives them."""

import logging
import os
import re
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.errors import SourceError, TruncatedSource
from egograph.video.clock import TOLERANCE
from egograph.video.reader import Closes, Frame
from egograph.video.source import Source

log = logging.getLogger(__name__)

_NUMBERED = re.compile(r"(?:.*/)?frame_(\d+)\.(?:jpe?g|png)", re.IGNORECASE)


class FramesReader(Closes):
    """A `SeekableReader` of `frame_0000000001.jpg` and on: number n is on display from (n - 1) / rate seconds.

    Numbers may be absent: the picture before stays on display.

    Args:
        source: a folder, or a tar.
        rate: pictures a second.

    Raises:
        SourceError: there are no such pictures, the first is not number 1, or they can't be read.
    """

    live = False

    def __init__(self, source: Source, rate: float) -> None:
        self._address, self._rate = str(source), rate
        path = Path(source.address)
        try:
            self._tar = None if os.path.isdir(path) else tarfile.open(path)  # noqa: SIM115 - closed by `close`
            names = self._tar.getnames() if self._tar else [str(file) for file in path.iterdir()]
        except (OSError, tarfile.TarError) as fault:
            raise SourceError(f"{source}: can't be read ({fault}); give a folder or a tar of frames") from None
        found = ((_NUMBERED.fullmatch(name), name) for name in names)
        self._pictures = dict(sorted((int(match[1]), name) for match, name in found if match))
        if not self._pictures:
            self.close()
            raise SourceError(f"{source}: no frame_0000000001.jpg and on; give extracted frames")
        if min(self._pictures) != 1:
            self.close()
            told = f"{source}: the first picture is {min(self._pictures)}"
            raise SourceError(f"{told}; give all of them, as their numbers are their times")
        self.duration = max(self._pictures) / rate
        self.end = 0.0
        if absent := max(self._pictures) - len(self._pictures):
            log.warning("%s: %d of %d frames are absent", source, absent, max(self._pictures))
        self._shape: tuple[int, ...] | None = None

    def frames(self) -> Iterator[Frame]:
        """See `Reader.frames`."""
        return self.frames_from(0.0)

    def frames_from(self, start: float) -> Iterator[Frame]:
        """As `frames`, from the picture on display at `start` (seconds) on."""
        numbers = list(self._pictures)
        earlier = [number for number in numbers if (number - 1) / self._rate <= start + TOLERANCE]
        for number in numbers[max(0, len(earlier) - 1) :]:
            self.end = number / self._rate
            yield Frame((number - 1) / self._rate, number)

    def pixels(self, frames: Sequence[Frame]) -> NDArray[np.uint8]:
        """See `Reader.pixels`."""
        return np.stack([self._picture(frame) for frame in frames])

    def close(self) -> None:
        """See `Reader.close`."""
        if self._tar is not None:
            self._tar.close()

    def _picture(self, frame: Frame) -> NDArray[np.uint8]:
        assert isinstance(frame.handle, int)
        name = self._pictures[frame.handle]
        try:
            encoded = np.frombuffer(self._bytes(name), dtype=np.uint8)
        except (OSError, tarfile.TarError):
            encoded = np.empty(0, dtype=np.uint8)
        picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB) if len(encoded) else None
        if picture is None or picture.shape != (self._shape or picture.shape):
            what = "no picture" if picture is None else f"{picture.shape[1]}x{picture.shape[0]}, unlike those before"
            fault = f"{self._address}: {Path(name).name} is {what}; extract the frames anew"
            raise TruncatedSource(fault, frame.time) if self._shape else SourceError(fault)
        self._shape = picture.shape
        return picture.astype(np.uint8, copy=False)

    def _bytes(self, name: str) -> bytes:
        if self._tar is None:
            return Path(name).read_bytes()
        member = self._tar.extractfile(name)
        return b"" if member is None else member.read()

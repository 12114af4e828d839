"""FramesReader: a video that was extracted to numbered pictures, in a folder or a tar, as EPIC-KITCHENS gives them."""

import logging
import os
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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


@dataclass(frozen=True)
class _Place:
    """Where a picture is: in a file, from a byte on."""

    file: Path
    name: str
    offset: int = 0
    size: int = -1

    def read(self) -> bytes:
        with self.file.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size)


@lru_cache(maxsize=8)
def _numbered(address: str, changed: int) -> Mapping[int, _Place]:
    """The pictures by number; kept, as to list a tar is to walk through all of it, and a video has many segments."""
    if os.path.isdir(address):
        places = [_Place(file, file.name) for file in Path(address).iterdir()]
    else:
        with tarfile.open(address, "r:") as tar:
            members = {member.name: member for member in tar}
        whole = {
            name: members.get(member.linkname, member) if member.islnk() else member for name, member in members.items()
        }
        places = [_Place(Path(address), name, member.offset_data, member.size) for name, member in whole.items()]
    found = ((_NUMBERED.fullmatch(place.name), place) for place in places)
    pictures = dict(sorted(((int(match[1]), place) for match, place in found if match), key=lambda item: item[0]))
    if pictures and (absent := max(pictures) - len(pictures)):
        log.warning("%s: %d of %d frames are absent", address, absent, max(pictures))
    return pictures


class FramesReader(Closes):
    """A `SeekableReader` of `frame_0000000001.jpg` and on: number n is on display from (n - 1) / rate seconds.

    Numbers may be absent: the picture before stays on display.

    Args:
        source: a folder, or a tar, uncompressed.
        rate: pictures a second.

    Raises:
        SourceError: there are no such pictures, the first is not number 1, or they can't be read.
    """

    live = False

    def __init__(self, source: Source, rate: float) -> None:
        self._address, self._rate = str(source), rate
        try:
            self._pictures = _numbered(source.address, Path(source.address).stat().st_mtime_ns)
        except (OSError, tarfile.TarError) as fault:
            raise SourceError(
                f"{source}: can't be read ({fault}); give a folder or an uncompressed tar of frames"
            ) from None
        if not self._pictures:
            raise SourceError(f"{source}: no frame_0000000001.jpg and on; give extracted frames")
        if min(self._pictures) != 1:
            told = f"{source}: the first picture is {min(self._pictures)}"
            raise SourceError(f"{told}; give all of them, as their numbers are their times")
        self.duration = max(self._pictures) / rate
        self.end = 0.0
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
        """See `Reader.close`; no file is open in between."""

    def _picture(self, frame: Frame) -> NDArray[np.uint8]:
        assert isinstance(frame.handle, int)
        place = self._pictures[frame.handle]
        try:
            encoded = np.frombuffer(place.read(), dtype=np.uint8)
        except OSError:
            encoded = np.empty(0, dtype=np.uint8)
        picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB) if len(encoded) else None
        if picture is None or picture.shape != (self._shape or picture.shape):
            what = "no picture" if picture is None else f"{picture.shape[1]}x{picture.shape[0]}, unlike those before"
            fault = f"{self._address}: {Path(place.name).name} is {what}; extract the frames anew"
            raise TruncatedSource(fault, frame.time) if self._shape else SourceError(fault)
        self._shape = picture.shape
        return picture.astype(np.uint8, copy=False)

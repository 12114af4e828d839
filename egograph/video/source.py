"""Where video comes from: the words of a command as sources with names."""

import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from egograph.errors import SourceError

VIDEO_SUFFIXES = frozenset(
    (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts", ".wmv", ".flv", ".3gp")
)

_SCHEMES = ("rtsp", "rtsps", "http", "https")
_CAMERA = re.compile(r"/dev/video\d+")


@dataclass(frozen=True)
class Source:
    """A video source; that it can be opened is not said.

    Attributes:
        address: a path, a URL or a camera's device.
        name: the stream's name.
        live: it may have no end: a URL or a camera.
        picture_rate: pictures a second of a video that was extracted to numbered pictures; None for other sources.
    """

    address: str
    name: str
    live: bool
    picture_rate: float | None = None

    def __str__(self) -> str:
        """The address as it may be shown: without user and password."""
        return _without_password(self.address) if _is_url(self.address) else self.address

    @property
    def is_camera(self) -> bool:
        """Whether it is a camera's device."""
        return bool(_CAMERA.fullmatch(self.address))

    @property
    def is_file(self) -> bool:
        """Whether it is a file on this machine."""
        return not self.live


def find_sources(words: Sequence[str]) -> list[Source]:
    """The sources that words stand for, in their order, each once.

    A word is a file; a folder, for the videos in it and below, in natural order; a pattern (`videos/*.mp4`); an address
    (`rtsp://`, `http://`, `https://`); a camera's device (`/dev/video0`) or number (`0`). A stream is named by its
    file's stem, with as much of its path before it as it takes to be unique: `P01`, or `a/P01` and `b/P01`.

    A file that is missing or is no video is a source like others, and says so when it is opened: the rest go on. So are
    a folder without videos and a pattern that nothing matches, beside words that give sources. A file or folder called
    `0` goes before the camera.

    Raises:
        SourceError: no source comes from any word, or a word is an address of an unknown kind.
    """
    found = [_addresses(word) for word in words]
    if words and not any(found):
        raise SourceError("; ".join(map(_why_none, words)))
    addresses = list(_once(address for word, some in zip(words, found, strict=True) for address in some or [word]))
    names = _unique_names([_parts(address) for address in addresses])
    return [Source(address, name, live=_is_live(address)) for address, name in zip(addresses, names, strict=True)]


def _addresses(word: str) -> list[str]:
    if word.isdecimal() and not os.path.exists(word):
        return [f"/dev/video{int(word)}"]
    if _is_url(word):
        if urlsplit(word).scheme.lower() not in _SCHEMES:
            kinds = ", ".join(f"{scheme}://" for scheme in _SCHEMES)
            raise SourceError(f"{_without_password(word)}: not an address of a known kind; give {kinds} or a path")
        return [word]
    if os.path.isdir(word):
        return [str(video) for video in _videos_below(Path(word))]
    if glob.has_magic(word) and not os.path.exists(word):
        return _matching(word)
    return [word]


def _why_none(word: str) -> str:
    if os.path.isdir(word):
        return f"{word}: no video in this folder; give a video file, or a folder that holds some"
    return f"{word}: no video is called so; check the pattern"


def _videos_below(folder: Path) -> list[Path]:
    def hidden(path: Path) -> bool:
        return any(part.startswith(".") for part in path.relative_to(folder).parts)

    videos = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in VIDEO_SUFFIXES and not hidden(path) and not path.is_dir()
    ]
    return sorted(videos, key=lambda path: natural_key(str(path)))


def _matching(pattern: str) -> list[str]:
    found = sorted(glob.glob(pattern, recursive=True), key=natural_key)  # noqa: PTH207 - may be an absolute pattern
    return [path for path in found if Path(path).suffix.lower() in VIDEO_SUFFIXES]


def natural_key(text: str) -> list[tuple[int, str]]:
    """A sort key that puts P01_2 before P01_10."""
    return [(int(digits or -1), rest) for digits, rest in re.findall(r"(\d+)|(\D+)", text)]


def _once(addresses: Iterable[str]) -> Iterable[str]:
    seen = set()
    for address in addresses:
        same = address if _is_live(address) else str(Path(address).resolve())
        if same not in seen:
            seen.add(same)
            yield address


def _is_url(address: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", address) is not None


def _is_live(address: str) -> bool:
    return _is_url(address) or _CAMERA.fullmatch(address) is not None


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _parts(address: str) -> tuple[str, ...]:
    if not _is_url(address):
        return tuple(part for part in Path(address).absolute().parts if part != "/")
    url = urlsplit(address)
    return (url.netloc.rpartition("@")[2], *(part for part in url.path.split("/") if part))


def _unique_names(paths: Sequence[tuple[str, ...]]) -> list[str]:
    """Stems, with more of their paths while two are the same; then their suffixes; then a number."""
    stems = [(*parts[:-1], Path(parts[-1]).stem) if len(parts) > 1 else parts for parts in paths]
    depth = [1] * len(paths)
    while True:
        names = ["/".join(stem[-deep:]) for stem, deep in zip(stems, depth, strict=True)]
        count = Counter(names)
        deeper = [i for i, name in enumerate(names) if count[name] > 1 and depth[i] < len(stems[i])]
        if not deeper:
            break
        for i in deeper:
            depth[i] += 1
    names = ["/".join(p[-d:]) if count[n] > 1 else n for p, d, n in zip(paths, depth, names, strict=True)]
    return [f"{n}#{names[:i].count(n) + 1}" if names.count(n) > 1 else n for i, n in enumerate(names)]

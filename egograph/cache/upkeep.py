"""What `egograph cache` does: list the groups, verify every chunk, drop what no replay can use."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from egograph.cache.group import StreamGroup
from egograph.cache.key import CacheKey
from egograph.cache.reader import read_clips
from egograph.cache.store import NodeCache
from egograph.errors import EgographError

_STILL_WRITTEN = 3600.0  # seconds since its last commit in which an unfinished group may yet grow


@dataclass(frozen=True)
class CacheEntry:
    """One group of a cache.

    Attributes:
        path: its folder.
        stream: the stream's name; the folder's name where that cannot be read.
        clips: clips committed.
        seconds: where the last clip stops.
        size: bytes on disk.
        weights: the fingerprint of the weights that made it.
        when: seconds since the epoch, of the last commit.
        complete: whether the stream had ended.
        fault: what is broken, in one line; empty if nothing is.
    """

    path: Path
    stream: str
    clips: int
    seconds: float
    size: int
    weights: str
    when: float
    complete: bool
    fault: str = ""


@dataclass(frozen=True)
class Garbage:
    """A group that no replay can use, and why."""

    entry: CacheEntry
    reason: str


def list_groups(cache: NodeCache) -> list[CacheEntry]:
    """All groups, also unfinished and broken ones, by the names of their streams."""
    return _entries(cache, lambda group: None)


def verify_groups(cache: NodeCache) -> list[CacheEntry]:
    """The same after every chunk of every committed clip was read and its checksum compared."""
    return _entries(cache, _read_all)


def garbage(cache: NodeCache, wanted: CacheKey | None = None) -> list[Garbage]:
    """The groups that are broken, without a clip, or of another key than `wanted`.

    What a run left unfinished can be replayed as far as it goes, and is kept. An unfinished group that grew within the
    last hour is let be, whatever it holds: a run may be at it.
    """
    found = []
    for entry in verify_groups(cache):
        if not entry.complete and time.time() - entry.when < _STILL_WRITTEN:
            continue
        if entry.fault:
            found.append(Garbage(entry, "damaged"))
        elif not entry.clips:
            found.append(Garbage(entry, "empty"))
        elif wanted is not None:
            key = StreamGroup.open(entry.path).commit.key
            if differences := key.differences(wanted):
                found.append(Garbage(entry, f"stale: {', '.join(differences)}"))
    return found


def drop(found: list[Garbage]) -> None:
    """Remove the groups."""
    for item in found:
        shutil.rmtree(item.entry.path)


def _read_all(group: StreamGroup) -> None:
    for _ in read_clips(group):
        pass


def _entries(cache: NodeCache, check: Callable[[StreamGroup], None]) -> list[CacheEntry]:
    folders = sorted(path for path in cache.folder.iterdir() if path.is_dir())
    return sorted((_entry(path, check) for path in folders), key=lambda entry: (entry.stream, entry.path))


def _entry(path: Path, check: Callable[[StreamGroup], None]) -> CacheEntry:
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    try:
        group = StreamGroup.open(path)
    except EgographError as fault:
        return CacheEntry(path, path.name, 0, 0.0, size, "", path.stat().st_mtime, complete=False, fault=str(fault))
    commit, broken, seconds = group.commit, "", 0.0
    try:
        if commit.clips:
            seconds = float(group.read(group.array("span"), commit.clips - 1, commit.clips)[0, 1])
        check(group)
    except EgographError as fault:
        broken = str(fault)
    return CacheEntry(
        path, commit.stream, commit.clips, seconds, size, commit.key.weights, commit.when, commit.complete, broken
    )

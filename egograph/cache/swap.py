"""One group a stream, at every moment: a new one grows beside the old one and takes its place once it is whole."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from egograph.cache.group import StreamGroup
from egograph.errors import EgographError

_NEW, _OLD = "~new", "~old"  # no escaped stream name holds "~"


def start_place(home: Path) -> Path:
    """Where a new group of the stream at `home` is to grow, after what a killed run left has been put in order."""
    _settle(home)
    return _beside(home, _NEW) if home.exists() else home


def take_place(grown: Path, home: Path) -> None:
    """Put a whole group in the place of the stream's old one, which is dropped."""
    if grown != home:
        home.rename(_beside(home, _OLD))
        grown.rename(home)
        shutil.rmtree(_beside(home, _OLD))


def standing(home: Path) -> Iterator[StreamGroup]:
    """The groups of the stream at `home` that can be opened, the best first: whole ones, the newest or the longest."""
    found = []
    for path in (home, _beside(home, _NEW), _beside(home, _OLD)):
        try:
            found.append(StreamGroup.open(path))
        except EgographError:
            continue  # killed in the making or in the removal: there is nothing to read
    return iter(sorted(found, key=_merit, reverse=True))


def homes(folder: Path) -> list[Path]:
    """Where the streams of a cache folder have their groups."""
    names = {path.name.partition("~")[0] for path in folder.iterdir() if path.is_dir()}
    return [folder / name for name in sorted(names)]


def _settle(home: Path) -> None:
    best = next(standing(home), None)
    if best is not None and best.path != home:
        shutil.rmtree(home, ignore_errors=True)
        best.path.rename(home)
    if best is None:
        shutil.rmtree(home, ignore_errors=True)
    for suffix in (_NEW, _OLD):
        shutil.rmtree(_beside(home, suffix), ignore_errors=True)


def _merit(group: StreamGroup) -> tuple[bool, float]:
    commit = group.commit
    return commit.complete, commit.when if commit.complete else commit.clips


def _beside(home: Path, suffix: str) -> Path:
    return home.with_name(home.name + suffix)

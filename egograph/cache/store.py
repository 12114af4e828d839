"""NodeCache: the zarr store (v3) of a run, one group a stream."""

from collections.abc import Iterator
from pathlib import Path

import zarr

from egograph.cache.group_name import group_name
from egograph.cache.key import CacheKey
from egograph.cache.reader import read_clips
from egograph.cache.swap import homes, standing, start_place
from egograph.cache.writer import StreamWriter
from egograph.errors import EgographError
from egograph.pipeline import ObservedClip


class NodeCache:
    """The nodes of every clip of a run's streams: all that the graph consumed.

    A stream's new group grows beside an older one and takes its place when the stream has ended, so that a run that
    is killed costs nothing that was there before. Until then the old one is read, if its key is the right one.

    Args:
        folder: the store; it is made by the first writer.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def find(cls, folder: Path) -> "NodeCache":
        """The cache in a run's output folder, or the cache folder itself.

        Raises:
            EgographError: there is no cache.
        """
        for place in (folder / "cache", folder):
            if (place / "zarr.json").is_file():
                return cls(place)
        raise EgographError(f"{folder}: no cache here; give the output folder of a run that wrote one")

    def writer(self, stream: str, key: CacheKey) -> StreamWriter:
        """Begin a stream's group anew."""
        zarr.open_group(self.folder, mode="a")
        home = self._home(stream)
        return StreamWriter(start_place(home), home, stream, key)

    def streams(self) -> list[str]:
        """The streams that have clips, by name."""
        groups = (next(standing(home), None) for home in homes(self.folder))
        return sorted(group.commit.stream for group in groups if group is not None and group.commit.clips)

    def read(self, stream: str, key: CacheKey) -> Iterator[ObservedClip]:
        """The stream's clips, as far as they were committed.

        Raises:
            EgographError: the stream is not here, or its cache has another key; later, that something is damaged.
        """
        groups = list(standing(self._home(stream)))
        if not groups:
            held = ", ".join(self.streams()[:8]) or "none"
            raise EgographError(f"{self.folder}: no stream {stream} here; the streams are {held}")
        right = next((group for group in groups if not group.commit.key.differences(key)), groups[0])
        right.commit.key.check(key, str(right.path))
        return read_clips(right)

    def _home(self, stream: str) -> Path:
        return self.folder / group_name(stream)

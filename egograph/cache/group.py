"""The group of one stream: what its attributes say, and whether its arrays bear that out."""

import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import zarr

from egograph.cache.arrays import CLIP_ARRAYS, FRAME_ARRAYS, NODE_ARRAYS
from egograph.cache.key import CacheKey
from egograph.errors import EgographError, first_line

_ATTRIBUTE = "egograph"


@dataclass(frozen=True)
class Commit:
    """What counts as written: the rows of the group's arrays beyond it are an append that was cut off.

    Attributes:
        stream: the stream's name.
        key: what the nodes were made with.
        clips: clips committed.
        nodes: rows of the node arrays committed.
        frames: rows of the frame arrays committed.
        complete: true once the stream has ended and all its clips are here.
        when: seconds since the epoch, of this commit.
    """

    stream: str
    key: CacheKey
    clips: int = 0
    nodes: int = 0
    frames: int = 0
    complete: bool = False
    when: float = field(default_factory=time.time)

    def write(self, group: zarr.Group) -> None:
        """Make this the group's commit. The store replaces the attributes' file in one step."""
        group.update_attributes({_ATTRIBUTE: asdict(self)})

    def rows(self, array: str) -> int:
        """How many rows of an array are committed."""
        return {NODE_ARRAYS: self.nodes, FRAME_ARRAYS: self.frames, CLIP_ARRAYS: self.clips}[_family(array)]


@dataclass(frozen=True)
class StreamGroup:
    """A stream's group as it lies on disk."""

    path: Path
    group: zarr.Group
    commit: Commit

    @classmethod
    def open(cls, path: Path) -> "StreamGroup":
        """Open a group for reading.

        Raises:
            EgographError: it is no stream's group.
        """
        try:
            group = zarr.open_group(path, mode="r")
            values: dict[str, Any] = dict(group.attrs[_ATTRIBUTE])
            commit = Commit(**values | {"key": CacheKey.from_json(values["key"])})
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise EgographError(
                f"{path}: no stream's cache ({first_line(fault)}); egograph cache gc drops it once it is an hour old"
            ) from None
        return cls(path, group, commit)

    def array(self, name: str) -> zarr.Array[Any]:
        """One of the arrays, checked for length and for lost chunks.

        Raises:
            EgographError: the array lacks something that was committed.
        """
        rows = self.commit.rows(name)
        try:
            array = self.group[name]
        except (OSError, ValueError, KeyError) as fault:
            raise self._broken(f"array {name} is lost ({first_line(fault)})") from None
        if not isinstance(array, zarr.Array) or array.shape[0] < rows:
            raise self._broken(f"array {name} is shorter than the {rows} rows committed")
        chunks = -(-rows // array.chunks[0])
        held = sum((self.path / name / array.metadata.encode_chunk_key(at)).is_file() for at in _chunks(array, chunks))
        if held < chunks:
            raise self._broken(f"{chunks - held} of {chunks} chunks of array {name} are lost")
        return array

    def read(self, array: zarr.Array[Any], start: int, stop: int) -> Any:
        """Rows of an array.

        Raises:
            EgographError: a chunk is damaged.
        """
        try:
            return array[start:stop]
        except (OSError, ValueError, RuntimeError) as fault:
            raise self._broken(f"a chunk of array {array.basename} is damaged ({first_line(fault)})") from None

    def _broken(self, fault: str) -> EgographError:
        return EgographError(f"{self.path}: {fault}; label {self.commit.stream} again")


def _family(array: str) -> tuple[str, ...]:
    return next(family for family in (NODE_ARRAYS, FRAME_ARRAYS, CLIP_ARRAYS) if array in family)


def _chunks(array: zarr.Array[Any], chunks: int) -> list[tuple[int, ...]]:
    """The places of the first chunks along the rows; a chunk spans all other dimensions."""
    return [(chunk, *(0,) * (array.ndim - 1)) for chunk in range(chunks)]

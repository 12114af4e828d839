"""StreamWriter: appends a stream's clips to its group, each with a commit of its own."""

import math
import time
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.codecs import ZstdCodec

from egograph.cache.arrays import TORCH_TYPE, rows_of, torch_type
from egograph.cache.group import Commit
from egograph.cache.key import CacheKey
from egograph.cache.swap import take_place
from egograph.pipeline import ObservedClip

_CHUNK_BYTES = 1 << 18  # some clips' features: little to rewrite at an append, little to open for a training window


class StreamWriter:
    """Writes one stream's group, from its first clip on.

    An append first fills the arrays, which grow by whole chunks, and then commits; the store replaces files in one
    step. So a reader, at any moment and after any crash of the writer, finds whole clips up to the last commit.

    As a context manager it finishes the group, unless an exception ends it.

    Args:
        path: where the group grows; nothing is there yet.
        home: where it belongs once it is whole.
        stream: the stream's name.
        key: what its nodes are made with.
    """

    def __init__(self, path: Path, home: Path, stream: str, key: CacheKey) -> None:
        self.path, self.home = path, home
        self.commit = Commit(stream, key)
        self._group = zarr.open_group(path, mode="w-")
        self._arrays: dict[str, zarr.Array[Any]] = {}
        self.commit.write(self._group)

    def append(self, clip: ObservedClip) -> None:
        """Append the stream's next clip and commit it."""
        done = replace(
            self.commit,
            clips=self.commit.clips + 1,
            nodes=self.commit.nodes + len(clip.nodes),
            frames=self.commit.frames + len(clip.span.times),
        )
        for name, rows in rows_of(clip, done.nodes, done.frames).items():
            if name not in self._arrays:
                self._arrays[name] = self._create(name, rows, torch_type(clip, name))
            self._fill(self._arrays[name], self.commit.rows(name), rows)
        self._commit(done)

    def finish(self) -> None:
        """Say that the stream has ended and all its clips are here; what was cached of it before goes."""
        for name, array in self._arrays.items():
            array.resize((self.commit.rows(name), *array.shape[1:]))
        self._commit(replace(self.commit, complete=True))
        take_place(self.path, self.home)

    def __enter__(self) -> "StreamWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()

    def _commit(self, done: Commit) -> None:
        self.commit = replace(done, when=time.time())
        self.commit.write(self._group)

    def _fill(self, array: zarr.Array[Any], start: int, rows: NDArray[np.generic]) -> None:
        stop = start + len(rows)
        if stop > array.shape[0]:
            whole = -(-stop // array.chunks[0]) * array.chunks[0]
            array.resize((whole, *array.shape[1:]))
        array[start:stop] = rows

    def _create(self, name: str, rows: NDArray[np.generic], kind: str) -> zarr.Array[Any]:
        width = math.prod(rows.shape[1:]) * rows.itemsize
        return self._group.create_array(
            name,
            shape=(0, *rows.shape[1:]),
            chunks=(max(1, _CHUNK_BYTES // width), *rows.shape[1:]),
            dtype=rows.dtype,
            compressors=ZstdCodec(level=1, checksum=True),
            attributes={TORCH_TYPE: kind} if kind else None,
            config={"write_empty_chunks": True},  # a chunk that is not there is one that was lost
        )

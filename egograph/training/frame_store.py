"""Prepared frames of many videos in one memory-mapped file, decoded once and read many times."""

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egograph.encoders.preprocess import Preprocess
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source


@dataclass(frozen=True)
class FrameStore:
    """The frames of videos on the fixed clock, one video after another.

    Attributes:
        pixels: uint8 `[F, height, width, 3]`, memory-mapped.
        offset: int64 `[V + 1]`, where each video's frames begin, and the end.
    """

    pixels: NDArray[np.uint8]
    offset: NDArray[np.int64]

    def length(self, video: int) -> int:
        """The frames of a video."""
        return int(self.offset[video + 1] - self.offset[video])


def open_frame_store(
    folder: Path,
    sources: Sequence[Source],
    sampler: ClipSampler,
    preprocess: Preprocess,
    progress: Callable[[int], None],
) -> FrameStore:
    """Open the store of these videos under `folder`; make it if it is not there.

    Args:
        folder: where stores are kept.
        sources: the videos, in the store's order.
        sampler: the clock.
        preprocess: the size.
        progress: called with the number of videos done so far.
    """
    path = folder / f"frames-{_key(sources, sampler, preprocess)}"
    index = path.with_suffix(".json")
    if not index.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(path, index, sources, sampler, preprocess, progress)
    offset = np.array(json.loads(index.read_text())["offset"], dtype=np.int64)
    shape = (int(offset[-1]), preprocess.height, preprocess.width, 3)
    return FrameStore(np.memmap(path.with_suffix(".u8"), dtype=np.uint8, mode="r", shape=shape), offset)


def _key(sources: Sequence[Source], sampler: ClipSampler, preprocess: Preprocess) -> str:
    stamps = [(source.address, Path(source.address).stat().st_size) for source in sources]
    parts = json.dumps([stamps, sampler.fps, preprocess.key()])
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _write(
    path: Path,
    index: Path,
    sources: Sequence[Source],
    sampler: ClipSampler,
    preprocess: Preprocess,
    progress: Callable[[int], None],
) -> None:
    def decode(source: Source) -> NDArray[np.uint8]:
        clips = [preprocess(clip.frames[clip.valid]).numpy() for clip in sampler.clips(source)]
        return np.concatenate(clips)

    partial = path.with_suffix(".part")
    offset = [0]
    with partial.open("wb") as file, ThreadPoolExecutor(2) as pool:
        for done, frames in enumerate(pool.map(decode, sources), start=1):
            file.write(frames.tobytes())
            offset.append(offset[-1] + len(frames))
            progress(done)
    partial.replace(path.with_suffix(".u8"))
    partial_index = index.with_suffix(".json.part")
    partial_index.write_text(json.dumps({"offset": offset}))
    partial_index.replace(index)  # the index comes last: a store without one is made again

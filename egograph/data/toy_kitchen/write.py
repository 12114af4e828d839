"""Writing a split to disk: MP4s, EPIC-100 CSVs, VISOR JSONs. A split's own folder is there whole or not at all."""

import csv
import fcntl
import io
import json
import logging
import os
import shutil
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from egograph.data.epic import COLUMNS, VIDEO_COLUMNS, Segment
from egograph.data.toy_kitchen.actions import Pair
from egograph.data.toy_kitchen.mp4 import Mp4
from egograph.data.toy_kitchen.rows import epic_row, visor_entry
from egograph.data.toy_kitchen.script import wanted_pairs
from egograph.data.toy_kitchen.splits import Split, find_split
from egograph.data.toy_kitchen.video import ToyVideo, plan_pairs, render_video, video_name
from egograph.errors import EgographError
from egograph.memory import keep_freed_memory

log = logging.getLogger("egograph")

# Goes up with every change to what the same parameters write.
GENERATOR_VERSION = 10
BEGUN = "begun.json"
FINISHED = "finished.json"
SIZES = ((256, 192), (256, 192), (256, 192), (320, 180), (288, 216), (320, 240))
SECONDS = (12.0, 16.0)


@dataclass(frozen=True)
class Order:
    """One video to be written: everything on which its bytes depend."""

    split: str
    seed: int
    fps: int
    size: tuple[int, int]
    seconds: float
    wanted: tuple[tuple[Pair, float], ...]


@dataclass(frozen=True)
class _Written:
    video: str
    segments: list[Segment]
    others: list[tuple[str, ...]]
    info: dict[str, str]
    frame_names: dict[str, str]


def write_split(
    folder: Path,
    split: str,
    videos: int,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> Path:
    """Writes a split and gives its folder; one that is there whole, of the same parameters, is left as it is.

    In `folder/split`: `videos/*.mp4`, `EPIC_100_<split>.csv`, `EPIC_100_video_info.csv`, `visor/<video>.json`,
    `visor/frame_mapping.json`, and at last `finished.json`.

    What a killed process left of the same split is gone on with, from the video that it was at. Who asks for a split
    while another process writes in the same folder waits for that.

    Args:
        folder: where the splits go.
        split: a key of SPLITS.
        videos: how many.
        seed: other seeds give other videos.
        workers: processes that render; the number changes no byte.
        progress: called with the number of videos done, after each.

    Raises:
        EgographError: there is no such split, no video is asked for, or the folder cannot be written or holds what
            is no split.
    """
    chosen = find_split(split)
    if videos < 1:
        raise EgographError(f"toy kitchen: {videos} videos; ask for 1 or more")
    target = Path(folder) / split
    stamp = {"generator": GENERATOR_VERSION, "split": split, "videos": videos, "seed": seed}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(target.parent):
            if not _has_stamp(target / FINISHED, stamp):
                if _is_ours(target):
                    log.info("%s: of other parameters; it is written anew", target)
                partial = _claim(target.with_name(f".{split}.partial"), stamp)
                _write_all(partial, chosen, orders(chosen, videos, seed), workers, progress)
                (partial / BEGUN).rename(partial / FINISHED)
                _put_in_place(partial, target)
    except OSError as fault:
        raise EgographError(f"{target}: cannot be written ({fault}); give another folder") from fault
    return target


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other process is in here for this folder; the system lets go when a process dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _is_ours(target: Path) -> bool:
    """Whether a split is there already; nothing else is ever replaced.

    Raises:
        EgographError: there is something else.
    """
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return False
    try:
        stamp = json.loads((target / FINISHED).read_text())
    except (OSError, ValueError):
        stamp = None
    if not isinstance(stamp, dict) or "generator" not in stamp:
        raise EgographError(f"{target}: is there already and is no split of the toy kitchen; give another folder")
    return True


def _put_in_place(partial: Path, target: Path) -> None:
    """Move a finished split to its place; what is in its way leaves it whole."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if _is_ours(target):
        target.rename(old)
    partial.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _claim(partial: Path, stamp: dict[str, Any]) -> Path:
    """The folder to write in, with what is whole in it if it was begun as the same split, else empty."""
    if not any(_has_stamp(partial / name, stamp) for name in (BEGUN, FINISHED)):
        shutil.rmtree(partial, ignore_errors=True)
    for name in ("videos", "visor"):
        (partial / name).mkdir(parents=True, exist_ok=True)
    for unfinished in partial.glob("*/*.part"):
        unfinished.unlink()
    (partial / FINISHED).unlink(missing_ok=True)
    if not (partial / BEGUN).exists():
        (partial / "stamp.part").write_text(json.dumps(stamp) + "\n")
        (partial / "stamp.part").replace(partial / BEGUN)
    return partial


def _has_stamp(path: Path, stamp: dict[str, Any]) -> bool:
    try:
        found: Any = json.loads(path.read_text())
    except (OSError, ValueError):
        return False
    return bool(found == stamp)


def orders(split: Split, videos: int, seed: int) -> Iterator[Order]:
    """What is to be written: each video's script is chosen to fill what the videos before it lack."""
    done: Counter[Pair] = Counter()
    for index in range(videos):
        number = seed * 10_000 + index
        rng = np.random.default_rng([split.number, number, 5])
        size, fps = SIZES[rng.integers(len(SIZES))], split.rates[rng.integers(len(split.rates))]
        seconds = round(float(rng.uniform(*SECONDS)) * 2.0) / 2.0
        wanted = wanted_pairs(done, split.held_out)
        yield Order(split.name, number, fps, size, seconds, tuple(wanted.items()))
        done.update(plan_pairs(number, split, seconds, wanted))


def _write_all(
    folder: Path, split: Split, orders: Iterable[Order], workers: int, progress: Callable[[int], None]
) -> None:
    written = []
    for one in write_videos(folder, orders, workers):
        written.append(one)
        progress(len(written))
    rows = [epic_row(segment, others, info) for one in written for segment, others, info in _labelled(one)]
    (folder / f"EPIC_100_{split.name}.csv").write_text(_csv(COLUMNS, rows))
    (folder / "EPIC_100_video_info.csv").write_text(_csv(VIDEO_COLUMNS, [list(one.info.values()) for one in written]))
    mapping = {one.video: one.frame_names for one in written}
    (folder / "visor" / "frame_mapping.json").write_text(json.dumps(mapping))


def write_videos(folder: Path, orders: Iterable[Order], workers: int) -> Iterator[_Written]:
    if workers <= 1:
        yield from (_write_video(folder, order) for order in orders)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_set_up_worker) as pool:
        try:
            begun: deque[Future[_Written]] = deque()
            for order in orders:  # the first are rendered while the last are planned
                begun.append(pool.submit(_write_video, folder, order))
                while begun and begun[0].done():
                    yield begun.popleft().result()
            yield from (video.result() for video in begun)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _set_up_worker() -> None:
    cv2.setNumThreads(1)
    keep_freed_memory()
    # Ctrl-C reaches the whole group; the parent stops the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _labelled(one: _Written) -> Iterable[tuple[Segment, tuple[str, ...], dict[str, str]]]:
    return ((segment, others, one.info) for segment, others in zip(one.segments, one.others, strict=True))


def _write_video(folder: Path, order: Order) -> _Written:
    video = render_video(order.seed, order.split, order.fps, order.size, order.seconds, dict(order.wanted))
    annotations = folder / "visor" / f"{video.name}.json"
    if not annotations.exists():
        _render(folder / "videos" / f"{video.name}.mp4", annotations, video)
    entries = json.loads(annotations.read_text())["video_annotations"]
    names = [entry["image"]["name"] for entry in entries]
    info = {
        "video_id": video.name,
        "duration": f"{len(video.truth.times) / video.fps:.6f}",
        "fps": f"{float(video.fps)}",
        "resolution": f"{video.size[0]}x{video.size[1]}",
    }
    others = [action.others for action in video.truth.actions]
    mapping = {name: name.removeprefix(f"{video.name}_") for name in names}
    return _Written(video.name, video.segments(), others, info, mapping)


def _render(path: Path, annotations: Path, video: ToyVideo) -> None:
    """Writes the video, then its annotations: where these are, both are whole."""
    entries = []
    own = f".{os.getpid()}.part"  # a killed process's worker may still be at the same video
    with Mp4(path.with_suffix(own), video.fps, video.size) as file:
        for frame in video.frames():
            file.write(frame.image)
            if frame.annotations is not None:
                entries.append(visor_entry(video, frame))
    content = {"info": {"video": video.name, "generator": GENERATOR_VERSION}, "video_annotations": entries}
    annotations.with_suffix(own).write_text(json.dumps(content, separators=(",", ":")))
    path.with_suffix(own).replace(path)
    annotations.with_suffix(own).replace(annotations)


def _csv(columns: tuple[str, ...], rows: list[list[str]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue()


__all__ = ["GENERATOR_VERSION", "video_name", "write_split"]

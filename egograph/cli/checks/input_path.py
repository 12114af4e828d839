"""A self-test of the input path: a tiny video is written, read by both readers, and run through the built-in model."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from egograph.cli.checks.check import Check, look

if TYPE_CHECKING:
    from egograph.video.clip import Clip

Reader = Literal["pyav", "decord"]

_FPS, _WIDTH, _HEIGHT, _FRAMES = 16, 160, 128, 24
_CLOCK = 8  # frames a second, the default
_APART = 1.0  # mean over a clip's pixels


def input_path_checks() -> Iterator[Check]:
    """Write, read, compare, label."""
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "self-test.mp4"
        yield look("write video", lambda: _write(video))
        yield look("read video", lambda: _read(video))
        yield look("two readers", lambda: _compare(video), needed=False)
        yield look("label video", lambda: _label(video))


def _write(video: Path) -> str:
    import numpy as np

    from egograph.video.writer import VideoWriter

    row, column = np.arange(_HEIGHT)[:, None], np.arange(_WIDTH)
    with VideoWriter(video, _FPS, (_WIDTH, _HEIGHT)) as file:
        for frame in range(_FRAMES):
            planes = (row + 0 * column, column + 0 * row, 8 * frame + 0 * (row + column))
            file.write(np.stack(planes, axis=-1).astype(np.uint8))
    return f"{_FRAMES} frames, {video.stat().st_size} bytes"


def _clips(video: Path, reader: Reader) -> list["Clip"]:
    from egograph.video.sampler import ClipSampler
    from egograph.video.source import Source

    return list(ClipSampler(reader=reader).clips(Source(str(video), video.stem, live=False)))


def _read(video: Path) -> str:
    clips = _clips(video, "pyav")
    frames = sum(int(clip.valid.sum()) for clip in clips)
    if frames != _FRAMES * _CLOCK // _FPS:
        raise RuntimeError(
            f"{frames} frames on the clock instead of {_FRAMES * _CLOCK // _FPS}; install PyAV's own wheel"
        )
    return f"{len(clips)} clips, {frames} frames on the clock"


def _compare(video: Path) -> str:
    pairs = list(zip(_clips(video, "pyav"), _clips(video, "decord"), strict=True))
    apart = max(float(abs(one.frames.astype(float) - other.frames).mean()) for one, other in pairs)
    if apart > _APART or any((one.times != other.times).any() for one, other in pairs):
        raise RuntimeError(f"decord and PyAV are {apart:.2f} of 255 apart; choose stream.reader=pyav")
    return f"decord and PyAV agree, {apart:.2f} of 255 apart"


def _label(video: Path) -> str:
    from egograph.checkpoint import load_model
    from egograph.pipeline import label_clips

    labels = [labelled.label for _, _, labelled in label_clips(load_model(), iter(_clips(video, "pyav")))]
    return f"{len(labels)} labels, the last {labels[-1].age_ms} ms after its last frame"

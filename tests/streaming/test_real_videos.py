"""Real first-person videos through the streaming job: every clip gets its label, with either encoder."""

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

import av
import pytest
import torch

from egograph.cache.replay import ReplayConfig, replay
from egograph.checkpoint import load_model
from egograph.encoders.dinov2 import DinoV2Config
from egograph.label import ActionLabel
from egograph.model import EgoGraph
from egograph.run_folder import read_labels
from egograph.streaming.job import StreamConfig, run_stream


def with_dinov2(folder: Path) -> EgoGraph:
    """An untrained model on a small random DINOv2 of the real class."""
    from transformers import Dinov2Config, Dinov2Model

    torch.manual_seed(0)
    sizes = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 112, "patch_size": 14}
    Dinov2Model(Dinov2Config(**sizes)).save_pretrained(folder)
    return load_model(encoder=DinoV2Config(checkpoint=str(folder), height=112, width=140))


def shown_until(path: Path) -> float:
    """Seconds from the first frame to the end of the last, as FFmpeg decodes them."""
    with av.open(str(path)) as file:
        frames = [(float(frame.time), float((frame.duration or 0) * frame.time_base)) for frame in file.decode(video=0)]
    return frames[-1][0] + frames[-1][1] - frames[0][0]


def streams(folder: Path) -> dict[str, list[ActionLabel]]:
    labels = sorted(read_labels(folder / "labels.jsonl"), key=lambda label: (label.stream, label.clip))
    return {
        name: [replace(label, age_ms=0) for label in rows] for name, rows in groupby(labels, lambda row: row.stream)
    }


@pytest.mark.parametrize(
    ("model_of", "pattern"),
    [(lambda folder: load_model(), "*.mp4"), (with_dinov2, "stir_pan.mp4")],
    ids=["built-in", "dinov2"],
)
def test_each_clip_has_its_label_and_replay_gives_the_same(
    model_of: Callable[[Path], EgoGraph], pattern: str, local_ray: None, shared_data: Path, tmp_path: Path
) -> None:
    model = model_of(tmp_path / "checkpoint")
    videos = sorted((shared_data / "videos").glob(pattern))
    words = tuple(str(video) for video in videos)
    summary = run_stream(StreamConfig(sources=words, output=tmp_path / "out"), model)
    assert not summary.failed
    labels = streams(tmp_path / "out")
    assert sorted(labels) == [video.stem for video in videos]
    for video in videos:
        rows = labels[video.stem]
        assert [row.clip for row in rows] == list(range(len(rows)))
        assert rows[0].start == 0
        assert all(one.stop == after.start for one, after in pairwise(rows))
        assert rows[-1].stop == pytest.approx(shown_until(video), abs=0.05)
    assert not replay(ReplayConfig(cache=tmp_path / "out", output=tmp_path / "again"), model).failed
    assert streams(tmp_path / "again") == labels

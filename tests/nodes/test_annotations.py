"""Nodes from annotations, on VISOR's own files."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from egograph.checkpoint import untrained
from egograph.data.classes import TOY_KITCHEN
from egograph.data.visor import read_frame_mapping, read_visor
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.errors import EgographError
from egograph.model import ModelConfig
from egograph.nodes.annotations import VisorBoxes
from egograph.nodes.nodes import OBJECT

STREAM, FPS = "P01_03", 59.9400599400599


@pytest.fixture(scope="module")
def folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("visor")
    for path in (
        shared_data / "visor/annotations/train" / f"{STREAM}.json",
        shared_data / "visor/frame_mapping.json",
        shared_data / "epic100/EPIC_100_video_info.csv",
    ):
        shutil.copy(path, copy)
    return copy


def test_an_annotated_frame_gives_its_boxes_and_links(folder: Path) -> None:
    frames = read_visor(folder / f"{STREAM}.json", read_frame_mapping(folder / "frame_mapping.json"), FPS)
    frame = next(frame for frame in frames if (frame.contact[frame.kind == 1] >= 0).any() and len(frame.kind) <= 12)
    given = VisorBoxes(folder, TOY_KITCHEN, objects=10).at(STREAM, np.array([frame.time + 0.01, frame.time + 5e3]))
    right = int(np.flatnonzero(frame.kind == 1)[0])
    touched = frame.box[frame.contact[right]]
    assert given.present[0].sum() == len(frame.kind)
    assert torch.allclose(given.box[0, 1], torch.from_numpy(frame.box[right]))
    assert torch.allclose(given.box[0, 2 + given.touches[0, 1]], torch.from_numpy(touched))
    assert not given.present[1].any()
    assert given.touches[1].tolist() == [-1, -1]


def test_the_model_reads_at_the_annotated_boxes(folder: Path) -> None:
    model = untrained(ModelConfig(), TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1))
    boxes = VisorBoxes(folder, TOY_KITCHEN, model.config.nodes.objects)
    times = np.array([frame.time for frame in read_visor(
        folder / f"{STREAM}.json", read_frame_mapping(folder / "frame_mapping.json"), FPS)[:8]])  # fmt: skip
    given = boxes.at(STREAM, times)
    pixels = torch.randint(0, 255, (1, 8, 32, 48, 3), dtype=torch.uint8)
    nodes = model.observe(pixels, torch.ones(1, 8, dtype=torch.bool), given)
    score = nodes.score.view(8, -1)[:, :-1]
    assert torch.equal(score > 0, given.present)
    assert torch.equal(nodes.box.view(8, -1, 4)[:, :-1], given.box)
    things = (nodes.kind == OBJECT) & (nodes.score > 0)
    assert things.any()
    assert torch.isfinite(nodes.feature).all()


def test_a_stream_without_annotations_is_told(folder: Path) -> None:
    with pytest.raises(EgographError, match="no annotations of kitchen; name the video as they do"):
        VisorBoxes(folder, TOY_KITCHEN, 10).at("kitchen", np.zeros(1))

"""Nodes found once for training are the nodes that the model finds live."""

from pathlib import Path

import numpy as np
import torch

from egograph.checkpoint import untrained
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.model import EgoGraph, ModelConfig, clip_summary
from egograph.training.frame_nodes import FrameNodes, find_frame_nodes
from egograph.training.frame_store import FrameStore


def store() -> FrameStore:
    pixels = np.random.default_rng(0).integers(0, 255, (14, 32, 48, 3), dtype=np.uint8)
    return FrameStore(pixels, np.array([0, 8, 14]))


def model() -> EgoGraph:
    return untrained(ModelConfig(), TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1))


def test_kept_nodes_are_live_nodes(tmp_path: Path) -> None:
    kept = find_frame_nodes(model(), store(), lambda _: None)
    kept.save(tmp_path / "nodes.safetensors")
    frames = torch.tensor([[2, 3, 4, 5]])
    valid = torch.tensor([[True, True, True, False]])
    nodes = FrameNodes.load(tmp_path / "nodes.safetensors").clips(frames, valid)
    live = model().observe(torch.from_numpy(store().pixels[2:6])[None], valid)
    for name in ("kind", "frame", "track", "ptr"):
        assert torch.equal(getattr(nodes, name), getattr(live, name)), name
    assert torch.equal(nodes.score == 0, live.score == 0)
    assert torch.allclose(nodes.box, live.box, atol=0.02)
    assert torch.allclose(nodes.feature, live.feature, atol=0.1)


def test_scene_summaries_are_those_that_calibration_sees_live() -> None:
    kept = find_frame_nodes(model(), store(), lambda _: None)
    summaries = kept.scene_summaries(store().offset, 4)
    assert summaries.shape == (4, model().config.nodes.dim)
    pixels, valid = torch.from_numpy(store().pixels[4:8])[None], torch.ones(1, 4, dtype=torch.bool)
    live = clip_summary(model().observe(pixels, valid), valid)
    assert torch.allclose(summaries[1], live[0], atol=0.05)

"""Nodes found once for training are the nodes that the model finds live."""

from pathlib import Path

import numpy as np
import torch

from egograph.checkpoint import untrained
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.model import EgoGraph, ModelConfig
from egograph.training.frame_nodes import FrameNodes, find_frame_nodes
from egograph.training.frame_store import FrameStore


def store() -> FrameStore:
    pixels = np.random.default_rng(0).integers(0, 255, (14, 32, 48, 3), dtype=np.uint8)
    return FrameStore(pixels, np.array([0, 8, 14]))


def model() -> EgoGraph:
    return untrained(ModelConfig(), TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1))


def test_kept_nodes_are_live_nodes(tmp_path: Path) -> None:
    kept = find_frame_nodes(model(), store(), [None, None], lambda _: None)
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

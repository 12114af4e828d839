"""Observed clips drawn from a seed: clip k of a stream is the same whoever makes it."""

import numpy as np
import torch

from egograph.cache.key import CacheKey
from egograph.nodes.nodes import COLUMNS, Nodes
from egograph.pipeline import ClipSpan, ObservedClip

KEY = CacheKey(
    weights="a" * 64,
    preprocess={"height": 32, "width": 32},
    sampling={"fps": 8.0, "frames": 4},
    nodes={"extractor": "QueryNodes", "dim": 6},
)


def seeded_clip(stream: str, index: int, feature: torch.dtype = torch.float32) -> ObservedClip:
    """A clip of 4 frames whose number of nodes changes from clip to clip; clip 3 has none."""
    random = torch.Generator().manual_seed(index)
    rows = (index * 7) % 21 if index != 3 else 0
    nodes = Nodes(
        feature=torch.randn(rows, 6, generator=random).to(feature),
        box=torch.rand(rows, 4, generator=random),
        kind=torch.randint(0, 4, (rows,), generator=random),
        frame=torch.randint(0, 4, (rows,), generator=random),
        track=torch.full((rows,), -1),
        score=torch.rand(rows, generator=random),
        noun=torch.randint(-1, 9, (rows,), generator=random),
        contact=torch.rand(rows, 2, generator=random),
        ptr=torch.tensor([0, rows]),
    )
    times = index / 2 + np.arange(4) / 8 + 1e-9
    span = ClipSpan(stream, index, index / 2, index / 2 + 0.5, times, np.arange(4) < 4 - index % 2)
    return ObservedClip(span, nodes, arrival=0.0)


def assert_same(read: ObservedClip, written: ObservedClip) -> None:
    """Bit by bit, types included; `arrival` aside."""
    for name in (*COLUMNS, "ptr"):
        column, right = getattr(read.nodes, name), getattr(written.nodes, name)
        assert column.dtype == right.dtype, name
        assert torch.equal(column, right), name
    for name in ("stream", "index", "start", "stop"):
        assert getattr(read.span, name) == getattr(written.span, name), name
    for name in ("times", "valid"):
        frames, right = getattr(read.span, name), getattr(written.span, name)
        assert frames.dtype == right.dtype, name
        np.testing.assert_array_equal(frames, right)

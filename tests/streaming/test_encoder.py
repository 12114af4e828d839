import asyncio

import numpy as np
import pytest
import torch

from egograph.model import EgoGraph
from egograph.nodes.nodes import COLUMNS
from egograph.pipeline import ClipSpan, PreparedClip, observe
from egograph.streaming.encoder import Encoder


def prepared(stream: str, index: int) -> PreparedClip:
    pixels = torch.randint(0, 255, (2, 128, 160, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(index))
    return PreparedClip(ClipSpan(stream, index, 0.0, 1.0, np.zeros(2), np.ones(2, bool)), pixels, 0.0)


def encode(encoder: Encoder, clips: list[PreparedClip]):
    async def all_at_once():
        return await asyncio.gather(*(encoder.observe(clip) for clip in clips), return_exceptions=True)

    return asyncio.run(all_at_once())


def test_clips_of_several_streams_share_batches(model: EgoGraph, monkeypatch: pytest.MonkeyPatch):
    sizes = []

    def counted(model, clips):
        sizes.append(len(clips))
        return observe(model, clips)

    monkeypatch.setattr("egograph.streaming.encoder.observe", counted)
    clips = [prepared(stream, index) for index in range(3) for stream in ("a", "b")]
    observed = encode(Encoder(model, batch=4, wait=0.05, threads=1), clips)
    assert sizes == [4, 2]
    for clip, of_clip in zip(clips, observed, strict=True):
        assert of_clip.span is clip.span
        [alone] = observe(model, [clip])
        torch.testing.assert_close(of_clip.nodes.feature, alone.nodes.feature, atol=1e-4, rtol=1e-4)
        for name in COLUMNS:
            column = getattr(of_clip.nodes, name)
            assert column.untyped_storage().nbytes() == column.nbytes, name  # travels without the rest of the batch


def test_a_batch_that_fails_fails_for_all_of_it_and_the_next_goes_on(model: EgoGraph):
    encoder = Encoder(model, batch=2, wait=0.01, threads=1)
    wrong = PreparedClip(prepared("a", 0).span, torch.zeros(2, 8, 8, 3, dtype=torch.uint8), 0.0)
    *faults, observed = encode(encoder, [wrong, prepared("b", 1), prepared("c", 2)])
    assert len(faults) == 2
    assert all(isinstance(fault, RuntimeError) for fault in faults)
    assert observed.span.stream == "c"


def test_a_lone_clip_does_not_wait_for_ever(model: EgoGraph):
    [observed] = encode(Encoder(model, batch=8, wait=0.01, threads=1), [prepared("a", 0)])
    assert observed.span.stream == "a"

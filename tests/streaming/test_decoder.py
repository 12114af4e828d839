from pathlib import Path

import pytest
import torch

from egograph.encoders.preprocess import Preprocess
from egograph.streaming.decoder import Decoded, Decoder
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import number_of, steady, write_numbered

PREPROCESS = Preprocess(height=48, width=64)


@pytest.fixture
def decoder() -> Decoder:
    return Decoder(ClipSampler(), PREPROCESS)


def source(path: Path) -> Source:
    return Source(str(path), path.stem, live=False)


def test_clips_come_at_the_encoders_size_each_when_it_is_asked_for(decoder: Decoder, tmp_path: Path):
    decoder.open(source(write_numbered(tmp_path / "a.mp4", steady(12, 8), size=(128, 96))))
    steps = [decoder.next() for _ in range(3)]
    assert [step for step, _ in steps] == [Decoded(), Decoded(), Decoded(ended=True)]
    first, second, none = (clip for _, clip in steps)
    assert none is None
    assert first.pixels.shape == (8, 48, 64, 3)
    assert first.pixels.dtype == torch.uint8
    assert [number_of(frame.numpy()) for frame in first.pixels] == list(range(8))
    assert (second.span.stream, second.span.index, second.span.valid.sum()) == ("a", 1, 4)
    assert first.arrival < second.arrival


def test_a_stream_that_cannot_be_opened_has_ended_with_its_fault(decoder: Decoder, tmp_path: Path):
    decoder.open(source(tmp_path / "nowhere.mp4"))
    step, clip = decoder.next()
    assert step.ended
    assert step.fault.endswith("nowhere.mp4: no such file; check the path")
    assert clip is None


def test_a_decoder_turns_to_another_stream_before_the_first_has_ended(decoder: Decoder, tmp_path: Path):
    for name in ("a", "b"):
        decoder.open(source(write_numbered(tmp_path / f"{name}.mp4", steady(40, 20))))
        _, clip = decoder.next()
        assert (clip.span.stream, clip.span.index) == (name, 0)

"""The two laws of the path, on videos and with the built-in model: live = replay = offline, and no look-ahead."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from egograph.cache.key import CacheKey
from egograph.cache.store import NodeCache
from egograph.checkpoint import load_model
from egograph.label import ActionLabel
from egograph.model import EgoGraph
from egograph.nn.state import StreamState
from egograph.pipeline import ObservedClip, StreamLabeller, label_clips, observe, prepare
from egograph.video.clip import Clip
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source

SAMPLER = ClipSampler()


@pytest.fixture(scope="module")
def model() -> EgoGraph:
    return load_model()


@pytest.fixture(
    scope="module", params=["toy", "stir_pan", "lift_blocks", "kitchen_drawer_mix", "shape_dough", "epic_wall_4x4"]
)
def clips(request: pytest.FixtureRequest) -> list[Clip]:
    if request.param == "toy":
        path: Path = request.getfixturevalue("toy_video")
    else:
        path = request.getfixturevalue("shared_data") / "videos" / f"{request.param}.mp4"
    return list(SAMPLER.clips(Source(str(path), request.param, live=False)))


def live(model: EgoGraph, clips: Sequence[Clip]) -> tuple[list[ObservedClip], list[ActionLabel]]:
    steps = list(label_clips(model, iter(clips)))
    return [observed for _, observed, _ in steps], [labelled.label for _, _, labelled in steps]


def relabel(model: EgoGraph, observed: Sequence[ObservedClip], state: StreamState | None = None) -> list[ActionLabel]:
    labeller = StreamLabeller(model, state)
    return [labeller.label(clip).label for clip in observed]


def ageless(labels: Sequence[ActionLabel]) -> list[ActionLabel]:
    return [replace(label, age_ms=0) for label in labels]


def assert_agree(first: Sequence[ActionLabel], second: Sequence[ActionLabel], within: float) -> None:
    for one, other in zip(first, second, strict=True):
        assert (one.verb, one.noun, one.action, one.abstain) == (other.verb, other.noun, other.action, other.abstain)
        for part in ("verb", "noun", "action"):
            assert [name for name, _ in one.top5[part]] == [name for name, _ in other.top5[part]]
            mine, theirs = ([p for _, p in label.top5[part]] for label in (one, other))
            assert mine == pytest.approx(theirs, abs=within)


def test_replay_is_live_to_the_bit(model: EgoGraph, clips: list[Clip], tmp_path: Path) -> None:
    observed, labels = live(model, clips)
    key = CacheKey.of(model, SAMPLER.fps, SAMPLER.frames)
    cache = NodeCache(tmp_path)
    with cache.writer(clips[0].stream, key) as writer:
        for clip in observed:
            writer.append(clip)
    assert ageless(relabel(model, list(cache.read(clips[0].stream, key)))) == ageless(labels)


def test_offline_in_one_pass_is_live(model: EgoGraph, clips: list[Clip]) -> None:
    _, labels = live(model, clips)
    at_once = observe(model, [prepare(clip, model.encoder.preprocess) for clip in clips])
    assert_agree(relabel(model, at_once), labels, within=1e-4)


def test_streams_that_share_the_encoder_do_not_change_each_other(model: EgoGraph, clips: list[Clip]) -> None:
    _, labels = live(model, clips)
    other = [replace(clip, frames=clip.frames[:, ::-1].copy(), stream="other") for clip in clips]
    mixed = [prepare(clip, model.encoder.preprocess) for pair in zip(other, clips, strict=True) for clip in pair]
    mine = [observed for observed in observe(model, mixed) if observed.span.stream != "other"]
    assert_agree(relabel(model, mine), labels, within=1e-4)


def test_no_look_ahead(model: EgoGraph, clips: list[Clip]) -> None:
    """Noise from the middle of a clip on changes no label that ends before it."""
    changed = len(clips) // 2
    rng = np.random.default_rng(0)
    frames = clips[changed].frames.copy()
    frames[1:] = rng.integers(0, 255, frames[1:].shape, dtype=np.uint8)
    noise = [
        replace(clip, frames=rng.integers(0, 255, clip.frames.shape, dtype=np.uint8)) for clip in clips[changed + 1 :]
    ]
    _, labels = live(model, clips)
    _, disturbed = live(model, [*clips[:changed], replace(clips[changed], frames=frames), *noise])
    assert ageless(labels[:changed]) == ageless(disturbed[:changed])
    assert ageless(labels[changed:]) != ageless(disturbed[changed:])


def test_a_saved_and_resumed_state_goes_on_with_the_same_output(
    model: EgoGraph, clips: list[Clip], tmp_path: Path
) -> None:
    observed, labels = live(model, clips)
    half = len(observed) // 2
    labeller = StreamLabeller(model)
    for clip in observed[:half]:
        labeller.label(clip)
    labeller.state.save(tmp_path / "state.safetensors", key="model")
    state = StreamState.load(tmp_path / "state.safetensors", key="model")
    assert ageless(relabel(model, observed[half:], state)) == ageless(labels[half:])


def test_labels_cover_the_video(model: EgoGraph, clips: list[Clip]) -> None:
    _, labels = live(model, clips)
    assert [label.clip for label in labels] == list(range(len(labels)))
    assert labels[0].start == 0
    assert all(one.stop == other.start for one, other in pairwise(labels))


def test_the_last_clips_padding_changes_nothing(model: EgoGraph, clips: list[Clip]) -> None:
    short = replace(clips[0], valid=np.arange(8) < 5)
    noisy = replace(short, frames=np.concatenate([short.frames[:5], 255 - short.frames[5:]]))
    [first], [second] = live(model, [short])[1], live(model, [noisy])[1]
    assert_agree([first], [second], within=1e-5)
    assert torch.is_grad_enabled()

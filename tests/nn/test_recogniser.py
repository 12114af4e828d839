"""The recogniser's laws: causal, resumable, one stream blind to another, and moved by the graph."""

from pathlib import Path

import pytest
import torch

from egograph.nn.message_passing import MessagePassingConfig
from egograph.nn.recogniser import Recogniser, RecogniserConfig, Recognition
from egograph.nn.state import StreamState
from egograph.nn.temporal_head import TemporalHeadConfig
from egograph.nodes.nodes import Nodes
from egograph.nodes.tracker import TrackerConfig
from tests.tables import random_table

DIM = 12
FULL = torch.ones(1, 8, dtype=torch.bool)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    torch.manual_seed(0)
    config = RecogniserConfig(
        dim=32,
        affinity=8,
        tracker=TrackerConfig(slots=10),
        message_passing=MessagePassingConfig(layers=2),
        head=TemporalHeadConfig(hidden=16),
    )
    return Recogniser(config, DIM, verbs=4, nouns=6).eval()


def run(recogniser: Recogniser, clips: list[Nodes], state: StreamState | None = None) -> list[Recognition]:
    state, results = state or recogniser.start(clips[0].clips), []
    with torch.no_grad():
        for clip in clips:
            valid = FULL.expand(clip.clips, 8)
            results.append(recogniser(clip, valid, state))
            state = results[-1].state
    return results


def test_a_resumed_state_goes_on_as_if_never_stopped(recogniser: Recogniser, tmp_path: Path) -> None:
    clips = [random_table(seed, DIM) for seed in range(4)]
    unbroken = run(recogniser, clips)
    unbroken[1].state.save(tmp_path / "s.safetensors", key="k")
    resumed = run(recogniser, clips[2:], StreamState.load(tmp_path / "s.safetensors", key="k"))
    for first, second in zip(unbroken[2:], resumed, strict=True):
        assert torch.equal(first.logits.verb, second.logits.verb)
        assert torch.equal(first.logits.noun, second.logits.noun)
    for name, tensor in unbroken[-1].state.tensors().items():
        assert torch.equal(tensor, resumed[-1].state.tensors()[name]), name


def test_the_state_stays_the_same_size(recogniser: Recogniser) -> None:
    results = run(recogniser, [random_table(seed, DIM) for seed in range(6)])
    sizes = [{name: tensor.shape for name, tensor in result.state.tensors().items()} for result in results]
    assert all(size == sizes[0] for size in sizes)
    assert [int(result.state.clip) for result in results] == [1, 2, 3, 4, 5, 6]


def test_a_later_clip_changes_no_earlier_one(recogniser: Recogniser) -> None:
    first, second, other = (random_table(seed, DIM) for seed in range(3))
    assert torch.equal(run(recogniser, [first, second])[0].logits.verb, run(recogniser, [first, other])[0].logits.verb)


def test_what_was_seen_before_changes_the_answer(recogniser: Recogniser) -> None:
    first, second, other = (random_table(seed, DIM) for seed in range(3))
    after_first = run(recogniser, [first, second])[1].logits.verb
    after_other = run(recogniser, [other, second])[1].logits.verb
    assert not torch.allclose(after_first, after_other, atol=1e-4)


def test_streams_in_a_batch_do_not_mix(recogniser: Recogniser) -> None:
    clips = [random_table(seed, DIM, streams=3) for seed in range(2)]
    together = run(recogniser, clips)[-1]
    for stream in range(3):
        alone = run(recogniser, [clip.clip(stream) for clip in clips])[-1]
        assert torch.allclose(alone.logits.verb[0], together.logits.verb[stream], atol=1e-5)
        assert torch.allclose(alone.logits.noun[0], together.logits.noun[stream], atol=1e-5)


def test_contacts_reach_the_answer_through_the_graph(recogniser: Recogniser) -> None:
    nodes = random_table(0, DIM)
    swapped = nodes.with_(contact=nodes.contact.flip(1))
    assert not torch.allclose(
        run(recogniser, [nodes])[0].logits.verb, run(recogniser, [swapped])[0].logits.verb, atol=1e-4
    )


def test_swapping_the_hands_changes_the_answer(recogniser: Recogniser) -> None:
    nodes = random_table(0, DIM)
    rows = torch.arange(len(nodes)).view(8, -1).clone()
    rows[:, :2] = rows[:, :2].flip(1)
    box, feature = nodes.box[rows.flatten()], nodes.feature[rows.flatten()]
    swapped = nodes.with_(box=box, feature=feature)
    assert not torch.allclose(
        run(recogniser, [nodes])[0].logits.verb, run(recogniser, [swapped])[0].logits.verb, atol=1e-4
    )


def test_absent_nodes_do_not_matter(recogniser: Recogniser) -> None:
    nodes = random_table(0, DIM)
    absent = torch.zeros(8, 7, dtype=torch.bool)
    absent[:, 3] = True
    gone = nodes.with_(score=torch.where(absent.flatten(), 0.0, nodes.score))
    other = gone.with_(
        box=torch.where(absent.flatten()[:, None], 0.5, nodes.box),
        feature=torch.where(absent.flatten()[:, None], 9.0, nodes.feature),
    )
    first, second = run(recogniser, [gone])[0], run(recogniser, [other])[0]
    assert torch.allclose(first.logits.verb, second.logits.verb, atol=1e-5)
    assert torch.allclose(first.logits.noun, second.logits.noun, atol=1e-5)


def test_gradients_reach_every_weight(recogniser: Recogniser) -> None:
    recogniser.zero_grad()
    first = recogniser(random_table(0, DIM), FULL, recogniser.start())
    second = recogniser(random_table(1, DIM), FULL, first.state)
    (second.logits.verb.sum() + second.logits.noun.square().sum() + second.logits.acting.sum()).backward()
    silent = [name for name, weight in recogniser.named_parameters() if weight.grad is None]
    assert silent == []

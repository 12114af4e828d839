"""A recogniser of clips under every condition, from pixels."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from egograph.checkpoint import untrained
from egograph.data.toy_kitchen import write
from egograph.data.toy_kitchen.actions import HELD_OUT
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.errors import EgographError
from egograph.evaluation.competence import conditions
from egograph.evaluation.competence.clips import ClipSubject
from egograph.evaluation.competence.conditions import PROBES, Condition
from egograph.evaluation.competence.eyes import Eyes, same_eyes
from egograph.evaluation.competence.report import GRAPH, WITHOUT
from egograph.evaluation.competence.toy import rare, toy_subjects
from egograph.evaluation.score import score_graph
from egograph.model import EgoGraph, ModelConfig
from egograph.nn.message_passing import MessagePassingConfig
from egograph.nn.recogniser import Recogniser, Recognition
from egograph.nn.state import StreamState
from egograph.nodes.nodes import Nodes
from egograph.nodes.tracker import match_by_likeness
from egograph.training.dataset import Split, open_split
from egograph.training.toy_data import ToyDataConfig, make_split
from egograph.video.sampler import ClipSampler

ENCODER = TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1)
FRAMES = 8


@pytest.fixture(scope="module")
def model() -> EgoGraph:
    return untrained(ModelConfig(), ENCODER)


@pytest.fixture(scope="module")
def splits(model: EgoGraph, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Split]:
    sampler = ClipSampler(fps=8.0, frames=FRAMES)
    config = ToyDataConfig(folder=str(tmp_path_factory.mktemp("data")), held_out=2, workers=1)
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "SECONDS", (5.0, 6.0))
        for name in ("val", "shift_pairs"):
            folder = make_split(config, name, lambda _: None)
            found[name] = open_split(folder, name, model.vocabulary, sampler, model.encoder.preprocess, lambda _: None)
    return found


@pytest.fixture(scope="module")
def subject(model: EgoGraph, splits: dict[str, Split]) -> ClipSubject:
    return ClipSubject(model, Eyes(model, splits["val"].store), splits["val"], FRAMES, {})


def test_as_it_is_a_model_is_as_right_as_its_score_says(model: EgoGraph, subject: ClipSubject) -> None:
    right = subject.right(Condition(conditions.AS_IT_IS), 0)
    accuracy = score_graph(model, subject.split, FRAMES)[0].accuracy()
    assert len(right["action"]) == accuracy.clips > 0
    for task in ("verb", "noun", "action"):
        assert right[task].mean() == pytest.approx(getattr(accuracy, task))


@pytest.mark.parametrize("condition", PROBES[1:], ids=str)
def test_a_condition_reaches_the_model_and_is_over_afterwards(
    subject: ClipSubject, monkeypatch: pytest.MonkeyPatch, condition: Condition
) -> None:
    recogniser = subject.model.recogniser
    answers: list[list[torch.Tensor]] = []

    def listened(nodes: Nodes, valid: torch.Tensor, state: StreamState) -> Recognition:
        seen = Recogniser.forward(recogniser, nodes, valid, state)
        answers[-1].append(seen.logits.verb)
        return seen

    monkeypatch.setattr(recogniser, "forward", listened)
    for asked in (Condition(conditions.AS_IT_IS), condition, Condition(conditions.AS_IT_IS)):
        answers.append([])
        right = subject.right(asked, 0)
        assert {len(hits) for hits in right.values()} == {len(subject.items.video)}
    plain, changed, after = (torch.cat(part) for part in answers)
    assert not torch.allclose(changed, plain, atol=1e-5)
    assert torch.equal(after, plain)
    assert recogniser.match is match_by_likeness
    assert not recogniser.passing._forward_pre_hooks


def answers(subject: ClipSubject, condition: Condition) -> torch.Tensor:
    """How sure the model is of the first verb, of all clips of the first video."""
    nodes = subject._nodes(condition, torch.Generator().manual_seed(0))
    frame = torch.arange(FRAMES)[None]
    with torch.inference_mode():
        seen = subject.model.recogniser(nodes.clips(frame, frame >= 0), frame >= 0, subject.model.recogniser.start())
    return seen.logits.verb


@pytest.mark.parametrize("name", [*conditions.STRENGTHS, conditions.NODES_DROPPED, conditions.HANDS_SWAPPED])
def test_a_degradation_reaches_the_model(subject: ClipSubject, name: str) -> None:
    strength = subject.strengths[name][-1] if name in subject.strengths else 0.5
    plain = answers(subject, Condition(conditions.AS_IT_IS))
    assert not torch.allclose(answers(subject, Condition(name, strength)), plain, atol=1e-5)


def test_dropped_frames_stand_still(subject: ClipSubject) -> None:
    before = subject._nodes(Condition(conditions.AS_IT_IS), torch.Generator())
    after = subject._nodes(Condition(conditions.FRAMES_DROPPED, 1.0), torch.Generator().manual_seed(0))
    first, second, *_ = subject.split.store.offset
    for start, stop in ((first, second), (second, len(after.box))):
        assert (after.box[start:stop] == before.box[start]).all()


def test_swapped_hands_trade_places(subject: ClipSubject) -> None:
    before = subject._nodes(Condition(conditions.AS_IT_IS), torch.Generator())
    after = subject._nodes(Condition(conditions.HANDS_SWAPPED), torch.Generator())
    assert torch.equal(after.box[:, 0], before.box[:, 1])
    assert torch.equal(after.contact[:, 1, 1], before.contact[:, 0, 0])
    assert torch.equal(after.contact[:, 2:, 0], before.contact[:, 2:, 1])
    assert torch.equal(after.kind, before.kind)


def test_lost_pixels_change_what_is_seen(subject: ClipSubject) -> None:
    fine, coarse = subject.eyes.nodes(), subject.eyes.nodes(5 / 6)
    assert fine.feature.dtype == torch.float32
    assert not torch.allclose(fine.feature, coarse.feature, atol=1e-3)
    assert subject.eyes.nodes(5 / 6) is coarse


def test_models_with_the_same_eyes_share_them(model: EgoGraph, splits: dict[str, Split]) -> None:
    recogniser = replace(ModelConfig().recogniser, message_passing=MessagePassingConfig(layer="none"))
    alone = EgoGraph(ModelConfig(recogniser=recogniser), model.encoder, model.vocabulary)
    alone.extractor.load_state_dict(model.extractor.state_dict())
    other = untrained(ModelConfig(), replace(ENCODER, fine=2))
    assert same_eyes(model, alone)
    assert not same_eyes(model, other)
    subjects = toy_subjects(model, alone, splits, FRAMES)
    assert subjects["val"][GRAPH].eyes is subjects["val"][WITHOUT].eyes
    assert list(toy_subjects(model, None, splits, FRAMES)["val"]) == [GRAPH]


def test_unseen_pairs_are_those_that_training_never_shows(model: EgoGraph, splits: dict[str, Split]) -> None:
    verbs, nouns = model.vocabulary.verbs, model.vocabulary.nouns
    subjects = [models[GRAPH] for models in toy_subjects(model, None, splits, FRAMES).values()]
    for subject in subjects:
        pairs = [(verbs[clip.truth.verb], nouns[clip.truth.noun]) for clip in subject.clips]
        unseen = subject.items.subsets["unseen verb–noun pairs"]
        assert unseen.tolist() == [pair in HELD_OUT for pair in pairs]


def test_rare_classes_make_a_fifth_of_all_at_most() -> None:
    assert rare([0] * 80 + [1] * 15 + [2] * 5) == {1, 2}
    assert rare([0] * 70 + [1] * 25 + [2] * 5) == {2}
    assert rare([0, 1]) == set()


def test_models_for_other_frames_are_refused(model: EgoGraph, splits: dict[str, Split]) -> None:
    other = untrained(ModelConfig(), replace(ENCODER, height=64))
    with pytest.raises(EgographError, match=r"^without_graph: its encoder takes frames of another size"):
        toy_subjects(model, other, splits, FRAMES)


def test_a_split_without_actions_is_told(model: EgoGraph, splits: dict[str, Split]) -> None:
    split = splits["val"]
    idle = replace(split, truths=tuple(replace(t, segment=t.segment * 0 - 1) for t in split.truths))
    with pytest.raises(EgographError, match=r"no clip lies mostly inside an action"):
        ClipSubject(model, Eyes(model, split.store), idle, FRAMES, {})


def test_what_a_model_costs(subject: ClipSubject, tmp_path: Path) -> None:
    cost = subject.cost()
    assert cost.parameters == sum(weight.numel() for weight in subject.model.recogniser.parameters())
    assert cost.products > cost.parameters
    assert 0 < cost.attended < 1

"""A recogniser of segments under every condition."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator

from egograph.data.segment_table import ABSENT, SegmentTable
from egograph.data.visor_split import VisorDataConfig, VisorSplit, read_visor_split
from egograph.evaluation.competence import conditions
from egograph.evaluation.competence.conditions import PROBES, STRENGTHS, Condition, degradations
from egograph.evaluation.competence.segments import SegmentSubject, changed
from egograph.evaluation.segment_score import SegmentScores, open_table, score_segments
from egograph.nn.message_passing import MessagePassingConfig
from egograph.nn.segment_recogniser import SegmentRecogniser, SegmentRecogniserConfig
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND
from tests.visor_folder import write_visor_folder

CONFIG = SegmentRecogniserConfig(dim=32, noun_factors=2, queries=2, past=3)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> VisorDataConfig:
    return write_visor_folder(tmp_path_factory.mktemp("visor"), {"P01_101": 20, "P02_101": 20})


@pytest.fixture(scope="module")
def split(data: VisorDataConfig) -> VisorSplit:
    return read_visor_split(data, "train", CONFIG.past)


@pytest.fixture(scope="module")
def table(split: VisorSplit) -> SegmentTable:
    return open_table(split, CONFIG)


@pytest.fixture(scope="module")
def subject(split: VisorSplit, data: VisorDataConfig) -> SegmentSubject:
    torch.manual_seed(0)
    return SegmentSubject(SegmentRecogniser(CONFIG, split.pairs).eval(), split, data)


def under(table: SegmentTable, name: str, strength: float = 0.0) -> SegmentTable:
    return changed(table, Condition(name, strength), Generator().manual_seed(0))


@pytest.mark.parametrize("condition", [*PROBES, *degradations(STRENGTHS)], ids=str)
def test_a_table_under_a_condition_is_still_a_table(table: SegmentTable, condition: Condition) -> None:
    after = changed(table, condition, Generator().manual_seed(0))
    there = after.present
    assert (there[:, :-1] | ~there[:, 1:]).all()  # absent rows come last, so that a batch can be cut
    assert (after.noun[~there] == -1).all()
    frame = after.frame.clamp(min=0)
    assert not after.time.gather(1, frame)[there].isnan().any()
    assert after.within.any(1).all()  # something of the segment itself is left
    assert (after.verb == table.verb).all()


def test_one_frame_is_the_last_of_the_segment(table: SegmentTable) -> None:
    after = under(table, conditions.ONE_FRAME)
    assert (after.within.sum(1) == 1).all()
    assert ((~after.time.isnan()).sum(1) == 1).all()
    last = [max(table.time[row][table.within[row]].tolist()) for row in range(len(table))]
    assert after.time[after.within].tolist() == last


def test_swapped_hands_keep_what_they_touch(table: SegmentTable) -> None:
    after = under(table, conditions.HANDS_SWAPPED)
    assert torch.equal(after.kind == LEFT_HAND, table.kind == RIGHT_HAND)
    touched = (table.kind == OBJECT) & (table.contact[..., 1] > 0)
    assert touched.any()
    assert (after.contact[touched][:, 0] > 0).all()
    assert torch.equal(after.box, table.box)


def test_shuffled_identity_changes_tracks_alone(table: SegmentTable) -> None:
    after = under(table, conditions.IDENTITY_SHUFFLED)
    assert not torch.equal(after.track, table.track)
    assert torch.equal(after.noun, table.noun)
    assert torch.equal(after.track[table.kind != OBJECT], table.track[table.kind != OBJECT])


def test_who_is_who_is_told_by_names_and_boxes(table: SegmentTable) -> None:
    def pairs(of: SegmentTable) -> torch.Tensor:
        track = torch.where(of.present, of.track, -1)
        return (track[:, :, None] == track[:, None]) & (track >= 0)[:, :, None]

    assert torch.equal(pairs(under(table, conditions.RELABELLED, 0.0)), pairs(table))
    after = under(table, conditions.RELABELLED, 0.5)
    same = pairs(after) & (after.kind == OBJECT)[:, :, None]
    assert (after.noun[:, :, None] == after.noun[:, None])[same].all()
    assert not torch.equal(pairs(after), pairs(table))


def test_more_dropped_frames_leave_fewer(table: SegmentTable) -> None:
    left = [int((~under(table, conditions.FRAMES_DROPPED, share).time.isnan()).sum()) for share in (0.1, 0.5, 0.9)]
    assert left == sorted(left, reverse=True)
    assert int((~table.time.isnan()).sum()) > left[0] > left[2]
    gone = under(table, conditions.FRAMES_DROPPED, 0.5)
    assert (gone.kind == ABSENT).sum() > (table.kind == ABSENT).sum()


def test_what_is_right_is_told_item_by_item(subject: SegmentSubject, table: SegmentTable) -> None:
    right = subject.right(Condition(conditions.AS_IT_IS), 0)
    assert {len(hits) for hits in right.values()} == {len(table)}
    assert set(np.unique(np.concatenate(list(right.values())))) <= {0.0, 1.0}
    again = subject.right(Condition(conditions.RELABELLED, 0.5), 3)
    same = subject.right(Condition(conditions.RELABELLED, 0.5), 3)
    assert all((again[task] == same[task]).all() for task in again)


@pytest.mark.parametrize("condition", PROBES[1:], ids=str)
def test_a_condition_reaches_the_model_and_is_over_afterwards(
    subject: SegmentSubject, monkeypatch: pytest.MonkeyPatch, condition: Condition
) -> None:
    answers: list[torch.Tensor] = []

    def scored(model: SegmentRecogniser, table: SegmentTable) -> SegmentScores:
        answers.append(score_segments(model, table).verb)
        return score_segments(model, table)

    monkeypatch.setattr("egograph.evaluation.competence.segments.score_segments", scored)
    torch.nn.init.normal_(subject.model.affinity.weight)
    for asked in (Condition(conditions.AS_IT_IS), condition, Condition(conditions.AS_IT_IS)):
        subject.right(asked, 0)
    plain, changed_answers, after = answers
    assert not torch.allclose(changed_answers, plain, atol=1e-4)
    assert torch.equal(after, plain)
    assert not subject.model.passing._forward_pre_hooks


def test_a_segment_that_loses_all_its_nodes_is_still_asked(subject: SegmentSubject) -> None:
    one = subject.table.take(torch.tensor([0]))
    scores = score_segments(subject.model, changed(one, Condition(conditions.NODES_DROPPED, 1.0), Generator()))
    assert scores.verb.isfinite().all()


def test_subsets_are_of_the_items(subject: SegmentSubject, table: SegmentTable) -> None:
    items = subject.items
    assert len(items.video) == len(table)
    assert len(np.unique(items.video)) == 2
    assert set(items.subsets) == {"unseen verb–noun pairs", "tail classes", "unseen participants"}
    assert not items.subsets["unseen verb–noun pairs"].any()  # the split is the one that was trained on


def test_the_cost_counts_edges_by_themselves(subject: SegmentSubject, split: VisorSplit, data: VisorDataConfig) -> None:
    alone = replace(CONFIG, message_passing=MessagePassingConfig(layer="none"))
    other = SegmentSubject(SegmentRecogniser(alone, split.pairs), split, data).cost()
    cost = subject.cost()
    assert cost.parameters == sum(weight.numel() for weight in subject.model.parameters())
    assert cost.attended > 0 == other.attended
    assert other.products == pytest.approx(cost.products * (1 - cost.attended), rel=0.05)


def test_validation_is_asked_about_pairs_that_training_never_shows(shared_data: Path) -> None:
    config = VisorDataConfig(shared_data / "visor", shared_data / "epic100")
    found = read_visor_split(config, "validation", 0)
    items = SegmentSubject(SegmentRecogniser(CONFIG, found.pairs), found, config).items
    assert {name: int(rows.sum()) for name, rows in items.subsets.items()} == {
        "unseen verb–noun pairs": 28,
        "tail classes": 170,
        "unseen participants": 163,
    }

"""Degradations do what they say, and no more."""

import pytest
import torch
from torch import Generator

from egograph.evaluation.competence.conditions import (
    COARSE,
    FALSE_CONTACTS,
    JITTERED,
    MISSED,
    NODES_DROPPED,
    RELABELLED,
    STRENGTHS,
    UNITS,
)
from egograph.evaluation.competence.degrade import (
    DEGRADATIONS,
    NodeGrid,
    degrade,
    shuffle_within_frames,
)
from egograph.nodes.nodes import OBJECT, SCENE

GROUPS, FRAMES, ROWS = 200, 2, 6  # of each frame: two hands, three objects, the scene


def grid() -> NodeGrid:
    kind = torch.tensor([0, 1, OBJECT, OBJECT, OBJECT, SCENE]).repeat(FRAMES).expand(GROUPS, -1)
    noun = torch.where(kind == OBJECT, torch.tensor([-1, -1, 4, 5, 6, -1]).repeat(FRAMES), -1)
    box = torch.tensor([0.4, 0.4, 0.6, 0.6]).expand(GROUPS, FRAMES * ROWS, 4)
    whole = torch.tensor([0.0, 0.0, 1.0, 1.0])
    return NodeGrid(
        present=torch.ones_like(kind, dtype=torch.bool),
        kind=kind,
        frame=torch.arange(FRAMES).repeat_interleave(ROWS).expand(GROUPS, -1),
        noun=noun,
        box=torch.where((kind == SCENE)[..., None], whole, box),
        contact=torch.zeros(GROUPS, FRAMES * ROWS, 2),
        look=10.0 * noun[..., None].expand(-1, -1, 3),
    )


def rng() -> Generator:
    return Generator().manual_seed(0)


def test_every_degradation_has_strengths_and_a_unit() -> None:
    assert {*STRENGTHS, NODES_DROPPED} == set(UNITS) == {*DEGRADATIONS, "dropped frames"}
    assert all(list(strengths) == sorted(strengths) and strengths[0] > 0 for strengths in STRENGTHS.values())


@pytest.mark.parametrize("name", [name for name in DEGRADATIONS if name != COARSE])  # a cell has a size
def test_a_strength_of_nothing_changes_nothing(name: str) -> None:
    before, after = grid(), degrade(grid(), name, 0.0, rng())
    for column, same in vars(before).items():
        torch.testing.assert_close(getattr(after, column), same)


@pytest.mark.parametrize("name", [name for name in DEGRADATIONS if name != NODES_DROPPED])
def test_the_scene_stays_as_it_is(name: str) -> None:
    before, after = grid(), degrade(grid(), name, 0.25, rng())
    scene = before.kind == SCENE
    assert after.present[scene].all()
    assert (after.box == before.box)[scene].all()
    assert (after.noun == before.noun)[scene].all()


def test_missed_detections_are_a_share_of_hands_and_objects() -> None:
    present = degrade(grid(), MISSED, 0.25, rng()).present
    assert float(present[grid().kind != SCENE].float().mean()) == pytest.approx(0.75, abs=0.03)


def test_dropped_nodes_are_a_share_of_all() -> None:
    present = degrade(grid(), NODES_DROPPED, 0.25, rng()).present
    assert float(present[grid().kind == SCENE].float().mean()) == pytest.approx(0.75, abs=0.06)


def test_boxes_jitter_by_their_size_and_stay_boxes() -> None:
    box = degrade(grid(), JITTERED, 0.25, rng()).box
    moved = (box - grid().box)[grid().kind != SCENE]
    assert float(moved.std()) == pytest.approx(0.25 * 0.2, rel=0.1)
    wild = degrade(grid(), JITTERED, 3.0, rng()).box
    assert (wild[..., 2:] >= wild[..., :2]).all()
    assert ((wild >= 0) & (wild <= 1)).all()


def test_false_contacts_touch_objects_and_the_hand_says_so() -> None:
    after = degrade(grid(), FALSE_CONTACTS, 0.25, rng()).contact.unflatten(1, (FRAMES, ROWS))
    objects = after[:, :, 2:5]
    assert float((objects > 0).float().mean()) == pytest.approx(0.25, abs=0.03)
    assert float(objects[objects > 0].mean()) == pytest.approx(0.5, abs=0.05)
    for hand in (0, 1):
        torch.testing.assert_close(after[:, :, hand, hand], objects[..., hand].amax(2))
        assert (after[:, :, hand, 1 - hand] == 0).all()


def test_a_hand_that_is_not_there_touches_nothing() -> None:
    gone = grid()
    present = gone.present & (gone.kind != 0)
    after = degrade(NodeGrid(**{**vars(gone), "present": present}), FALSE_CONTACTS, 1.0, rng()).contact
    assert (after[..., 0] == 0).all()
    assert (after[gone.kind == OBJECT][:, 1] > 0).all()


def test_a_true_contact_stays() -> None:
    sure = torch.ones(GROUPS, FRAMES * ROWS, 2)
    after = degrade(NodeGrid(**{**vars(grid()), "contact": sure}), FALSE_CONTACTS, 0.5, rng())
    assert (after.contact == 1).all()


def test_low_resolution_snaps_boxes_and_loses_what_is_small() -> None:
    small = grid()
    box = small.box.clone()
    box[:, 2] = torch.tensor([0.51, 0.51, 0.55, 0.9])
    after = degrade(NodeGrid(**{**vars(small), "box": box}), COARSE, 0.25, rng())
    assert not after.present[:, 2].any()
    assert after.present[:, 3].all()
    assert after.box[0, 3].tolist() == [0.5, 0.5, 0.75, 0.75]


def test_labels_are_those_of_other_objects() -> None:
    before, after = grid(), degrade(grid(), RELABELLED, 0.5, rng())
    objects = before.kind == OBJECT
    assert (after.noun[~objects] == -1).all()
    assert set(after.noun[objects].tolist()) == {4, 5, 6}
    assert (after.look == 10 * after.noun[..., None]).all()  # an object is taken for another, looks and all
    assert float((after.noun != before.noun)[objects].float().mean()) == pytest.approx(0.5 * 2 / 3, abs=0.03)


def test_identity_is_shuffled_among_the_objects_of_a_frame() -> None:
    track = torch.arange(FRAMES * ROWS).expand(GROUPS, -1)
    objects = grid().kind == OBJECT
    mixed = shuffle_within_frames(track, grid().frame, objects, rng())
    assert (mixed[~objects] == track[~objects]).all()
    for frame in range(FRAMES):
        rows = slice(frame * ROWS + 2, frame * ROWS + 5)
        assert (mixed[:, rows].sort(dim=1).values == track[:, rows]).all()
    orders = {tuple(row) for row in mixed[:, 2:5].tolist()}
    assert len(orders) == 6


@pytest.mark.parametrize("name", [MISSED, COARSE])
def test_what_is_gone_touches_nothing_and_is_touched_by_nothing(name: str) -> None:
    touched = grid()
    contact = touched.contact.clone()
    contact[:, [0, 2], 0] = 1.0
    box = touched.box.clone()
    box[: GROUPS // 2, 0] = 0.5  # so small that a coarse grid misses it
    after = degrade(NodeGrid(**{**vars(touched), "contact": contact, "box": box}), name, 0.25, rng())
    gone = ~after.present[:, 0]
    assert gone.any()
    assert (after.contact[gone][:, 2, 0] == 0).all()
    alone = after.present[:, 0] & ~after.present[:, 2]
    assert (after.contact[alone][:, 0, 0] == 0).all()
    both = after.present[:, 0] & after.present[:, 2]
    assert (after.contact[both][:, 2, 0] == 1).all()

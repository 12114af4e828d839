"""Accuracy, hand AP and contact F1 on cases worked out by hand."""

import math

import pytest
import torch

from egograph.evaluation.action_accuracy import action_accuracy
from egograph.evaluation.contact_f1 import ContactCount
from egograph.evaluation.hand_ap import HandAP
from egograph.evaluation.score import ClipTable
from egograph.nn.temporal_head import ActionLogits
from egograph.training.detection_loss import BoxTruth
from egograph.training.truth import NOTHING, UNKNOWN

LEFT, RIGHT, CUP, PAN = (
    [0.1, 0.5, 0.3, 0.9], [0.6, 0.5, 0.8, 0.9], [0.55, 0.4, 0.65, 0.6], [0.2, 0.1, 0.5, 0.3],
)  # fmt: skip
FAR = [0.9, 0.0, 1.0, 0.1]


def truth(touches: list[list[int]]) -> BoxTruth:
    frames = len(touches)
    return BoxTruth(
        torch.tensor([[LEFT, RIGHT, CUP, PAN]] * frames),
        torch.tensor([[0, 1, 2, 2]] * frames),
        torch.tensor([[-1, -1, 0, 1]] * frames),
        torch.tensor(touches),
    )


def test_accuracy_counts_clips_inside_actions_alone() -> None:
    score = action_accuracy(
        torch.tensor([0, 1, 1, 2]),
        torch.tensor([5, 5, 6, 6]),
        torch.tensor([0, 1, 0, -1]),
        torch.tensor([5, 6, 6, -1]),
    )
    assert (score.clips, round(score.verb, 4), round(score.noun, 4), round(score.action, 4)) == (
        3,
        0.6667,
        0.6667,
        0.3333,
    )


def test_clips_at_the_edge_of_an_action_can_be_left_out() -> None:
    right = torch.eye(3)
    logits = ActionLogits(right, right, torch.zeros(3))
    truth = torch.tensor([0, 1, 0])
    table = ClipTable(logits, torch.zeros(3, 0), truth, truth, torch.ones(3), torch.tensor([True, False, True]))
    assert (table.accuracy().clips, table.accuracy().verb) == (3, pytest.approx(2 / 3))
    assert (table.wholly_inside().accuracy().clips, table.wholly_inside().accuracy().verb) == (2, 0.5)


def test_accuracy_of_nothing_is_no_number() -> None:
    none = torch.tensor([-1])
    score = action_accuracy(torch.tensor([0]), torch.tensor([0]), none, none)
    assert score.clips == 0
    assert all(math.isnan(share) for share in (score.verb, score.noun, score.action))


def test_boxes_that_nothing_is_known_of_have_no_score() -> None:
    hands, contacts = HandAP(), ContactCount()
    none = BoxTruth(torch.zeros(0, 4, 4), *(torch.zeros(0, n, dtype=torch.long) for n in (4, 4, 2)))
    hands.add(torch.zeros(0, 4, 4), torch.zeros(0, 4), none)
    contacts.add(torch.zeros(0, 4, 4), torch.zeros(0, 4), torch.zeros(0, 2, 3), none)
    assert all(math.isnan(score) for score in (hands.ap50(), contacts.link_f1, contacts.state_f1))


def contact(*probabilities: tuple[float, float, float]) -> torch.Tensor:
    """What left and right hand touch: cup, pan, nothing."""
    return torch.tensor([probabilities])


def test_a_link_is_right_only_with_the_right_thing_and_boxes() -> None:
    box = torch.tensor([[LEFT, RIGHT, CUP, PAN]])
    score = torch.ones(1, 4)
    for found, right in (
        (contact((0.1, 0.1, 0.8), (0.9, 0.0, 0.1)), (1, 0, 0)),
        (contact((0.1, 0.1, 0.8), (0.0, 0.9, 0.1)), (0, 1, 1)),
        (contact((0.9, 0.0, 0.1), (0.9, 0.0, 0.1)), (1, 1, 0)),
        (contact((0.1, 0.1, 0.8), (0.2, 0.2, 0.6)), (0, 0, 1)),
    ):
        count = ContactCount()
        count.add(box, score, found, truth([[NOTHING, 2]]))
        assert (count.link_right, count.link_wrong, count.link_missed) == right
    moved = torch.tensor([[LEFT, RIGHT, FAR, PAN]])
    count = ContactCount()
    count.add(moved, score, contact((0.1, 0.1, 0.8), (0.9, 0.0, 0.1)), truth([[NOTHING, 2]]))
    assert (count.link_right, count.link_wrong, count.link_missed) == (0, 1, 1)
    assert count.state_f1 == 1


def test_what_is_unknown_is_not_counted() -> None:
    count = ContactCount()
    count.add(
        torch.tensor([[LEFT, RIGHT, CUP, PAN]]), torch.ones(1, 4),
        contact((0.9, 0.0, 0.1), (0.9, 0.0, 0.1)), truth([[UNKNOWN, UNKNOWN]]),
    )  # fmt: skip
    assert (count.link_wrong, count.state_wrong) == (0, 0)


def test_ap_of_perfect_hands_is_one_and_of_lost_hands_zero() -> None:
    perfect, lost = HandAP(), HandAP()
    frames = truth([[NOTHING, NOTHING]] * 4)
    perfect.add(torch.tensor([[LEFT, RIGHT, CUP, PAN]] * 4), torch.full((4, 4), 0.9), frames)
    lost.add(torch.tensor([[FAR, FAR, CUP, PAN]] * 4), torch.full((4, 4), 0.9), frames)
    assert perfect.ap50() == pytest.approx(1)
    assert lost.ap50() == 0


def test_ap_ranks_by_score() -> None:
    """A false hand costs only as far as it is scored above true ones."""
    low, high = HandAP(), HandAP()
    absent = truth([[NOTHING, NOTHING]])
    absent = BoxTruth(absent.box, torch.tensor([[-1, -1, 2, 2]]), absent.noun, absent.touches)
    for ap, false_score in ((low, 0.1), (high, 0.95)):
        ap.add(torch.tensor([[LEFT, RIGHT, CUP, PAN]]), torch.full((1, 4), 0.9), truth([[NOTHING, NOTHING]]))
        ap.add(torch.tensor([[LEFT, RIGHT, CUP, PAN]]), torch.full((1, 4), false_score), absent)
    assert low.ap50() == pytest.approx(1)
    assert high.ap50() == pytest.approx(0.5)

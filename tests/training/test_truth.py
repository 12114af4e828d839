"""Truth on the fixed clock."""

import numpy as np

from egograph.data.classes import EPIC_NOUN_IDS, EPIC_VERB_IDS, Vocabulary
from egograph.data.epic import Segment
from egograph.data.visor import AnnotatedFrame
from egograph.training.truth import NOTHING, UNKNOWN, ClipTruth, clip_truth, video_truth

VOCABULARY = Vocabulary(("take", "cut"), ("knife", "onion"))


def segment(start: float, stop: float, verb: str, noun: str) -> Segment:
    return Segment("v_0", "P", "v", start, stop, EPIC_VERB_IDS[verb], EPIC_NOUN_IDS[noun], f"{verb} {noun}")


def annotated(time: float, contact: list[int], known: list[bool]) -> AnnotatedFrame:
    return AnnotatedFrame(
        "v", time,
        box=np.array([[0, 0, 0.2, 0.2], [0.5, 0.5, 0.7, 0.7], [0.6, 0.6, 0.9, 0.9]], dtype=np.float32),
        kind=np.array([0, 1, 2]),
        noun=np.array([-1, -1, EPIC_NOUN_IDS["onion"]]),
        contact=np.array(contact),
        contact_known=np.array(known),
    )  # fmt: skip


def test_segments_and_annotations_land_on_their_ticks() -> None:
    truth = video_truth(
        16,
        8.0,
        [segment(0.5, 1.0, "take", "knife")],
        [annotated(0.25, [-1, 2, -1], [True, True, False])],
        VOCABULARY,
    )
    assert np.flatnonzero(truth.segment == 0).tolist() == [4, 5, 6, 7]
    assert np.flatnonzero(truth.annotated).tolist() == [2]
    assert truth.noun[2, :3].tolist() == [-1, -1, 1]
    assert truth.touches[2].tolist() == [NOTHING, 2]
    assert truth.touches[3].tolist() == [UNKNOWN, UNKNOWN]


def test_what_annotators_left_open_stays_unknown() -> None:
    truth = video_truth(8, 8.0, [], [annotated(0.0, [-1, -1, -1], [False, True, False])], VOCABULARY)
    assert truth.touches[0].tolist() == [UNKNOWN, NOTHING]


def test_a_clip_is_inside_an_action_if_more_than_half_of_it_is() -> None:
    truth = video_truth(24, 8.0, [segment(0.5, 2.0, "cut", "onion")], [], VOCABULARY)
    assert clip_truth(truth, 1, 9) == ClipTruth(1, 1, acting=1, whole=False)
    assert clip_truth(truth, 4, 12) == ClipTruth(1, 1, acting=1, whole=True)
    assert clip_truth(truth, 0, 8) == ClipTruth(-1, -1, acting=-1)
    assert clip_truth(truth, 1, 5) == ClipTruth(-1, -1, acting=-1)
    assert clip_truth(truth, 16, 24) == ClipTruth(-1, -1, acting=0)


def test_of_two_actions_the_longer_one_counts() -> None:
    truth = video_truth(8, 8.0, [segment(0, 0.375, "take", "knife"), segment(0.375, 1, "cut", "onion")], [], VOCABULARY)
    assert clip_truth(truth, 0, 8) == ClipTruth(1, 1, acting=1)

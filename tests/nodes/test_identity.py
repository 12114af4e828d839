"""Identity of annotated boxes."""

import numpy as np

from egograph.data.visor import AnnotatedFrame
from egograph.nodes.identity import identities
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND


def frame(*rows: tuple[int, int, float]) -> AnnotatedFrame:
    """Rows of kind, noun and left side; all boxes are 0.1 wide."""
    count = len(rows)
    return AnnotatedFrame(
        video="a",
        time=0.0,
        box=np.array([[x, 0.4, x + 0.1, 0.5] for _, _, x in rows], dtype=np.float32).reshape(-1, 4),
        kind=np.array([kind for kind, _, _ in rows], dtype=np.int64),
        noun=np.array([noun for _, noun, _ in rows], dtype=np.int64),
        contact=np.full(count, -1),
        contact_known=np.zeros(count, dtype=bool),
    )


def test_a_hand_and_an_object_keep_their_tracks_wherever_they_go() -> None:
    tracks = identities(
        [frame((RIGHT_HAND, -1, 0.1), (OBJECT, 4, 0.8)), frame((OBJECT, 4, 0.1), (RIGHT_HAND, -1, 0.8))]
    )
    assert tracks[1].tolist() == tracks[0][[1, 0]].tolist()


def test_two_of_a_noun_are_told_apart_by_where_they_were() -> None:
    tracks = identities([frame((OBJECT, 2, 0.1), (OBJECT, 2, 0.7)), frame((OBJECT, 2, 0.6), (OBJECT, 2, 0.2))])
    assert tracks[1].tolist() == tracks[0][[1, 0]].tolist()


def test_what_was_not_there_starts_a_track_and_what_was_away_comes_back_to_its_own() -> None:
    frames = [frame((OBJECT, 2, 0.1)), frame((OBJECT, 3, 0.1)), frame((OBJECT, 2, 0.3), (OBJECT, 2, 0.9))]
    first, second, third = identities(frames)
    assert second[0] != first[0]
    assert third[0] == first[0]
    assert third[1] not in (first[0], second[0])


def test_hands_are_told_apart_by_side_and_a_frame_may_be_empty() -> None:
    first, empty, last = identities(
        [frame((LEFT_HAND, -1, 0.1), (RIGHT_HAND, -1, 0.2)), frame(), frame((LEFT_HAND, -1, 0.2))]
    )
    assert len(set(first.tolist())) == 2
    assert len(empty) == 0
    assert last[0] == first[0]

import numpy as np

from egograph.data.toy_kitchen.annotate import annotate

NOUNS = {3: "knife", 4: "onion", 5: "pan"}


def canvas() -> np.ndarray:
    bodies = np.zeros((60, 80), dtype=np.uint8)
    bodies[30:60, 10:30] = 1
    bodies[20:40, 25:45] = 3
    bodies[0:2, 70:72] = 4
    return bodies


def test_outlines_bound_the_visible_part() -> None:
    by_noun = {one.noun: one for one in annotate(canvas(), NOUNS, (3, 0), "video_0")}
    assert set(by_noun) == {"left hand", "knife"}
    corners = np.concatenate(by_noun["knife"].polygons)
    assert (corners.min(0).tolist(), corners.max(0).tolist()) == ([25.5, 20.5], [44.5, 39.5])


def test_the_hand_names_what_it_touches() -> None:
    by_noun = {one.noun: one for one in annotate(canvas(), NOUNS, (3, 0), "video_0")}
    assert by_noun["left hand"].touches == by_noun["knife"].id
    assert not by_noun["left hand"].touches_unseen


def test_what_is_touched_may_be_out_of_sight() -> None:
    (hand, _) = annotate(canvas(), NOUNS, (5, 0), "video_0")
    assert hand.touches is None
    assert hand.touches_unseen


def test_a_thing_behind_a_hand_has_two_outlines() -> None:
    bodies = np.zeros((60, 80), dtype=np.uint8)
    bodies[20:30, 5:70] = 3
    bodies[10:60, 30:40] = 2
    by_noun = {one.noun: one for one in annotate(bodies, NOUNS, (0, 3), "video_0")}
    assert len(by_noun["knife"].polygons) == 2


def test_ids_are_unique_over_frames() -> None:
    ids = {one.id for frame in range(5) for one in annotate(canvas(), NOUNS, (0, 0), f"video_{frame}")}
    assert len(ids) == 10

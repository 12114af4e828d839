import numpy as np
import pytest

from egograph.data.toy_kitchen.motion import (
    Course,
    Level,
    Poses,
    blend,
    carried,
    compose,
    euler,
    minimum_jerk,
    moving,
    pose,
    relative,
    still,
)

HERE = pose((0.1, 0.2, 0.3), euler(0.4, -0.2, 1.1))
THERE = pose((-0.3, 0.5, 0.0), euler(-2.0, 0.7, 0.3))


def test_a_reach_starts_and_ends_at_rest() -> None:
    share = minimum_jerk(np.linspace(0.0, 1.0, 1001))
    speed = np.gradient(share, 1e-3)
    assert (share[0], share[-1]) == (0.0, 1.0)
    assert speed[[0, -1]] == pytest.approx([0.0, 0.0], abs=1e-4)
    assert speed.argmax() == 500
    assert speed.max() == pytest.approx(1.875, abs=1e-3)


def test_a_relative_pose_composes_back() -> None:
    back = compose(HERE, relative(HERE, THERE))
    np.testing.assert_allclose(back.position, THERE.position, atol=1e-12)
    np.testing.assert_allclose(back.turn, THERE.turn, atol=1e-12)


@pytest.mark.parametrize("last", [THERE, HERE, compose(HERE, pose((0.0, 0.0, 0.0), euler(np.pi)))])
def test_poses_between_two_are_turns_and_meet_both_ends(last: Poses) -> None:
    between = blend(HERE, last, np.array([0.0, 0.3, 1.0]))
    np.testing.assert_allclose(between.turn[[0, 2]], np.concatenate([HERE.turn, last.turn]), atol=1e-6)
    np.testing.assert_allclose(between.turn @ between.turn.swapaxes(1, 2), np.repeat(np.eye(3)[None], 3, 0), atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(between.turn), 1.0)


def test_a_course_goes_through_its_pieces() -> None:
    course = Course(still(HERE))
    course.then(1.0, moving(HERE, THERE, 1.0, 2.0))
    at = course.at(np.array([0.0, 1.0, 1.5, 2.0, 9.0]))
    np.testing.assert_allclose(at.position[[0, 1, 3, 4]], np.repeat([HERE.position[0], THERE.position[0]], 2, 0))
    np.testing.assert_allclose(at.position[2], 0.5 * (HERE.position + THERE.position)[0])
    with pytest.raises(ValueError, match=r"a piece at 0.500 s after one at 1.000 s"):
        course.then(0.5, still(HERE))


def test_what_is_carried_keeps_its_place_in_the_hand() -> None:
    hand = Course(moving(HERE, THERE, 0.0, 1.0))
    thing = Course(carried(hand, pose((0.0, 0.1, 0.0))))
    times = np.linspace(0.0, 1.0, 7)
    away = relative(hand.at(times), thing.at(times))
    np.testing.assert_allclose(away.position, np.repeat([[0.0, 0.1, 0.0]], 7, 0), atol=1e-12)


def test_a_level_ramps_and_waves() -> None:
    level = Level(0.2)
    level.ramp_to(1.0, 1.0, 2.0)
    level.wave(0.5, 3.0, 5.0, cycles=2)
    np.testing.assert_allclose(
        level.at(np.array([0.0, 1.0, 1.5, 2.0, 3.0, 3.5, 4.0, 9.0])), [0.2, 0.2, 0.6, 1, 1, 1.5, 1, 1]
    )
    assert level.last == 1.0

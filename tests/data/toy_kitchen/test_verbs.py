"""What each verb means, read from the truth of many videos."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from egograph.data.toy_kitchen import Truth, render_video
from egograph.data.toy_kitchen.actions import NOUNS_OF
from egograph.data.toy_kitchen.splits import SPLITS
from egograph.data.toy_kitchen.truth import TrueAction
from egograph.data.toy_kitchen.write import orders


@dataclass(frozen=True)
class Seen:
    """One action in a video's truth, with the frames of its start, middle and stop."""

    truth: Truth
    action: TrueAction
    start: int
    middle: int
    stop: int

    @property
    def path(self) -> NDArray[np.float64]:
        return self.truth.position[self.start : self.stop + 1, self.action.entity]

    @property
    def target_path(self) -> NDArray[np.float64]:
        return self.truth.position[self.start : self.stop + 1, self.action.target]

    @property
    def tool_tip(self) -> NDArray[np.float64]:
        return self.truth.tip[self.start : self.stop + 1, self.action.target]

    def touched_by(self, hand: int) -> int:
        return int(self.truth.contact[self.middle, hand])


Actions = dict[str, list[Seen]]


@pytest.fixture(scope="module")
def actions() -> Actions:
    """Actions by verb, of 54 train videos and 16 with held-out pairs."""
    found: Actions = defaultdict(list)
    for split, count in (("train", 54), ("shift_pairs", 16)):
        for order in orders(SPLITS[split], count, seed=1):
            truth = render_video(order.seed, split, wanted=dict(order.wanted)).truth
            for action in truth.actions:
                start, stop = (int(np.searchsorted(truth.times, time)) for time in (action.start, action.stop))
                found[action.verb].append(Seen(truth, action, start, (start + stop) // 2, stop))
    return found


def turns(values: NDArray[np.float64]) -> int:
    """How often a motion turns back."""
    steps = np.diff(values)
    steps = steps[np.abs(steps) > 1e-4]
    return int((np.diff(np.sign(steps)) != 0).sum())


def across(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm((one - other)[..., :2], axis=-1))


def test_every_verb_is_there(actions: Actions) -> None:
    assert {verb: len(actions[verb]) for verb in NOUNS_OF if len(actions[verb]) < 5} == {}


def test_actions_follow_one_another_with_short_gaps(actions: Actions) -> None:
    lists = {id(seen.truth): seen.truth.actions for some in actions.values() for seen in some}
    gaps = [after.start - before.stop for one in lists.values() for before, after in pairwise(one)]
    assert min(gaps) >= 0.3
    assert max(gaps) <= 1.2
    lasting = [action.stop - action.start for one in lists.values() for action in one]
    assert min(lasting) >= 0.8
    assert max(lasting) <= 3.0


def test_nothing_jumps(actions: Actions) -> None:
    for truth in {id(seen.truth): seen.truth for some in actions.values() for seen in some}.values():
        rate = 1.0 / (truth.times[1] - truth.times[0])
        assert np.linalg.norm(np.diff(truth.position, axis=0), axis=-1).max() * rate < 4.0
        assert np.linalg.norm(np.diff(truth.fingers, axis=0), axis=-1).max() * rate < 5.5


def test_the_hand_touches_what_the_noun_names(actions: Actions) -> None:
    handled = ("take", "put", "remove", "insert", "move", "wash", "shake", "squeeze", "open", "close")
    for verb in (*handled, "turn-on", "turn-off", "pour"):
        for seen in actions[verb]:
            assert seen.touched_by(seen.action.hands[0]) == seen.action.entity, (verb, seen.action)


def test_contact_is_geometric(actions: Actions) -> None:
    """A hand that touches a thing has a fingertip on it or around it, and one that does not is moving or away."""
    for seen in (one for some in actions.values() for one in some):
        for hand in seen.action.hands:
            entity = seen.touched_by(hand)
            if entity < 0 or not seen.truth.entities[entity].movable:
                continue
            what = seen.truth.entities[entity]
            base = seen.truth.position[seen.middle, entity]
            fingers = seen.truth.fingers[seen.middle, hand]
            size = np.hypot(2.0 * what.footprint, what.height)
            reach = 0.30 if what.noun == "pan" else size + 0.05
            assert np.linalg.norm(fingers - base, axis=1).min() < reach, seen.action


def test_take_lifts_from_the_counter(actions: Actions) -> None:
    for seen in actions["take"]:
        assert seen.path[0, 2] < 0.06
        assert seen.path[-1, 2] > seen.path[0, 2] + 0.03
        assert seen.path[:, 2].max() > 0.06


def test_put_ends_on_the_counter_from_above(actions: Actions) -> None:
    for seen in actions["put"]:
        assert seen.path[0, 2] > 0.08
        assert seen.path[-1, 2] < 0.016
        assert seen.truth.contact[seen.stop, seen.action.hands[0]] == -1


def test_move_stays_level_and_goes_far(actions: Actions) -> None:
    for seen in actions["move"]:
        assert np.ptp(seen.path[:, 2]) < 1e-6
        assert across(seen.path[0], seen.path[-1]) > 0.09


def lies_inside(seen: Seen, frame: int) -> bool:
    """Whether the thing's base (a tool's tip) is between floor and rim of its container, within its walls."""
    truth, action = seen.truth, seen.action
    container = truth.entities[action.target]
    place = truth.tip if action.noun in ("spoon", "knife") else truth.position
    away = place[frame, action.entity] - truth.position[frame, action.target]
    return bool(np.hypot(*away[:2]) < container.hollow and -1e-6 <= away[2] <= container.rim + 1e-6)


def test_insert_ends_inside(actions: Actions) -> None:
    inserted = [seen for seen in actions["insert"] if seen.action.target >= 0]
    assert inserted
    for seen in inserted:
        assert lies_inside(seen, seen.stop)
        assert not lies_inside(seen, seen.start)


def test_insert_into_sink_or_drawer_ends_below_the_counter(actions: Actions) -> None:
    for seen in actions["insert"]:
        if seen.action.target < 0:
            assert seen.path[-1, 2] < -0.05


def test_remove_begins_inside_and_ends_outside(actions: Actions) -> None:
    for seen in actions["remove"]:
        assert seen.path[-1, 2] > 0.04
        if seen.action.target >= 0:
            assert lies_inside(seen, seen.start - 6)  # it may be on its way when the label begins
            assert not lies_inside(seen, seen.stop)


@pytest.mark.parametrize(
    ("verb", "first", "last"), [("open", 0, 1), ("close", 1, 0), ("turn-on", 0, 1), ("turn-off", 1, 0)]
)
def test_fixtures_go_from_one_end_to_the_other(actions: Actions, verb: str, first: int, last: int) -> None:
    for seen in actions[verb]:
        level = seen.truth.level[:, seen.action.entity]
        assert level[seen.start - 1] == pytest.approx(first, abs=0.02)
        assert level[min(seen.stop + 1, len(level) - 1)] == pytest.approx(last, abs=0.02)


def test_wash_is_to_and_fro_under_running_water(actions: Actions) -> None:
    for seen in actions["wash"]:
        nouns = [entity.noun for entity in seen.truth.entities]
        tap = nouns.index("tap")
        assert seen.truth.level[seen.start : seen.stop, tap].min() > 0.99
        assert turns(seen.path[:, 0]) >= 3
        assert np.abs(seen.path[:, 0] - seen.truth.position[seen.middle, tap, 0]).max() < 0.35


def test_shake_is_up_and_down_in_the_air(actions: Actions) -> None:
    for seen in actions["shake"]:
        assert turns(seen.path[:, 2]) >= 5
        assert seen.path[:, 2].min() > 0.02


def test_squeeze_opens_and_closes_the_hand_that_stays(actions: Actions) -> None:
    for seen in actions["squeeze"]:
        fingers = seen.truth.fingers[seen.start : seen.stop, seen.action.hands[0]]
        assert turns(np.linalg.norm(fingers[:, 2] - fingers[:, 0], axis=1)) >= 3
        assert np.ptp(seen.path[2:-2], axis=0).max() < 0.01


def test_cut_chops_food_that_the_other_hand_holds(actions: Actions) -> None:
    for seen in actions["cut"]:
        assert seen.truth.entities[seen.action.target].noun == "knife"
        assert seen.touched_by(seen.action.hands[0]) == seen.action.target
        assert seen.touched_by(seen.action.hands[1]) == seen.action.entity
        assert turns(seen.tool_tip[:, 2]) >= 5
        assert np.ptp(seen.path, axis=0).max() < 1e-6
        assert across(seen.tool_tip, seen.path).max() < 0.08


def test_peel_slides_along_food_in_the_air(actions: Actions) -> None:
    for seen in actions["peel"]:
        assert seen.touched_by(seen.action.hands[0]) == seen.action.target
        assert seen.touched_by(seen.action.hands[1]) == seen.action.entity
        assert turns(seen.tool_tip[:, 1]) >= 3
        assert np.ptp(seen.tool_tip[:, 2]) < np.ptp(seen.tool_tip[:, 1])
        assert seen.path[:, 2].min() > 0.05


def test_pour_holds_the_spout_over_the_container(actions: Actions) -> None:
    for seen in actions["pour"]:
        container = seen.truth.entities[seen.action.target]
        above = seen.truth.position[seen.middle, seen.action.target]
        if seen.truth.entities[seen.action.entity].noun == "box":
            # Either upper corner of a box can be its spout.
            assert across(seen.path[len(seen.path) // 2], above) < 0.25
        else:
            tip = seen.truth.tip[seen.middle, seen.action.entity]
            assert across(tip, above) < container.hollow
            assert tip[2] > container.rim


def test_mix_circles_inside_the_container(actions: Actions) -> None:
    for seen in actions["mix"]:
        assert seen.truth.entities[seen.action.target].noun == "spoon"
        assert seen.touched_by(seen.action.hands[0]) == seen.action.target
        container = seen.truth.entities[seen.action.entity]
        assert across(seen.tool_tip, seen.path).max() < container.hollow
        assert (seen.tool_tip[:, 2] - seen.path[:, 2]).max() < container.rim
        assert turns(seen.tool_tip[:, 0]) >= 2
        assert turns(seen.tool_tip[:, 1]) >= 2


def test_throw_lets_fly_and_lands_in_the_bin(actions: Actions) -> None:
    for seen in actions["throw"]:
        hand, entity = seen.action.hands[0], seen.action.entity
        contact = seen.truth.contact[seen.start : seen.stop + 1, hand]
        assert contact[1] == entity
        assert contact[-1] == -1
        released = int(np.argmax(contact != entity))
        assert seen.path[released, 2] > 0.15
        hinge = seen.truth.position[seen.stop, seen.action.target]
        # The bin is 0.176 m wide and 0.19 m high; a thing lands head first, and a tall one looks out.
        assert abs(seen.path[-1, 0] - hinge[0]) < 0.088
        assert -0.176 < seen.path[-1, 1] - hinge[1] < 0.0
        assert 0.0 < seen.path[-1, 2] < 0.25


def test_splits_share_what_verbs_mean() -> None:
    assert all(verb in NOUNS_OF for split in SPLITS for verb in {a.verb for a in render_video(3, split).truth.actions})

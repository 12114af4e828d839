"""Opening and closing, turning on and off."""

import numpy as np

from egograph.data.toy_kitchen.hands import grasp_pose
from egograph.data.toy_kitchen.motion import Array, Poses, about, blend, compose, pose, ramp
from egograph.data.toy_kitchen.performing.choice import AFTER, WITHDRAWN, Choice, begin, lasting
from egograph.data.toy_kitchen.stage import Stage


def work_fixture(stage: Stage, choice: Choice) -> None:
    """Opens, closes, turns on or off."""
    noun, hand = choice.fixture, choice.hand
    fixture, level, part = stage.fixtures[noun], stage.levels[noun], stage.parts[noun]
    goal_level = 1.0 if choice.pair[0] in ("open", "turn-on") else 0.0
    grip = pose(fixture.grip)
    handle = compose(part.pose_at(stage.clock), grip).position[0]
    start, contact = begin(stage, (hand,), handle)
    first = _handle_pose(stage, noun, hand, handle)
    stage.reach(hand, first, fixture.grasp, 0.008, start, contact)
    quick = choice.pair[0].startswith("turn")
    stop = contact + (lasting(stage, 0.9, 1.25) if quick else lasting(stage, 1.0, 1.6))
    level.ramp_to(goal_level, contact, stop)
    last = _handle_pose(stage, noun, hand, compose(part.pose_at(stop), grip).position[0])
    if fixture.grasp == "knob":
        twist = about(2, 0.65 * (-1.0 if goal_level else 1.0))
        last = Poses(last.position, twist @ first.turn)
    centre = first.turn[0].T @ (handle - first.position[0])

    def follow(times: Array) -> Poses:
        turns = blend(first, last, ramp(times, contact, stop)).turn
        return Poses(compose(part.at(times), grip).position - turns @ centre, turns)

    state = stage.hands[hand]
    state.course.then(contact, follow)
    state.touching, state.resting = (stage.entity_of(noun), contact), False
    stage.look_at(0.5 * (handle + compose(part.pose_at(stop), grip).position[0]), contact)
    stage.let_go(hand, stop + 0.05)
    stage.record(choice.pair, contact + 0.1, stop + AFTER, (hand,), -1, stage.entity_of(noun))
    stage.clock = stop + 0.05 + WITHDRAWN


def _handle_pose(stage: Stage, noun: str, hand: int, handle: Array) -> Poses:
    fixture = stage.fixtures[noun]
    body = 0.75 * float(handle[0])
    return grasp_pose(fixture.grasp, handle, np.array([0.0, 1.0, 0.0]), 0.008, body, hand, stage.hand_size)

"""Washing, shaking and squeezing what is in the hand."""

import numpy as np

from egograph.data.toy_kitchen.hands import HOLDS, SIGNS, grasp_pose, hand_shape
from egograph.data.toy_kitchen.motion import Array, Poses, about, compose, pose, relative, still, swinging, turns_about
from egograph.data.toy_kitchen.performing.choice import Choice, begin, lasting
from egograph.data.toy_kitchen.records import Drip, Wash
from egograph.data.toy_kitchen.stage import Stage


def wash(stage: Stage, choice: Choice) -> None:
    """Holds a thing under the running tap, to and fro; the other hand may rub it."""
    assert stage.sink is not None
    thing, hand = choice.thing, choice.hand
    what, spout = stage.things[thing], np.array(stage.sink.spout)
    under = spout * (1.0, 1.0, 0.0) + (0.0, -0.015, 0.045)
    start, ready = begin(stage, (0, 1) if stage.hands[1 - hand].holds < 0 else (hand,), under)
    tilt = about(0, 0.55) if (what.flat and what.grasp == "rim") or what.noun in ("pan", "lid", "bowl") else None
    base = stage.facing_hand(thing, hand, under, start, tilt)
    middle = (
        np.array([0.0, 0.5 * what.tip[1], 0.5 * what.height])
        if what.grasp == "tool"
        else np.array([0.0, 0.0, 0.5 * what.height])
    )
    base = Poses(under - base.turn @ middle, base.turn)
    stage.carry(thing, base, start, ready, arc=0.03)
    stop = ready + lasting(stage, 1.7, 2.8)
    size = 0.5 * max(what.footprint, 0.05)
    shift = np.array([0.055 if what.grasp == "tool" else size, 0.25 * size, 0.0])
    swing = swinging(base, shift, np.array([0.0, 0.0, 1.0]), 0.10, lasting(stage, 1.3, 1.9), ready, stop)
    stage.courses[thing].then(ready, swing)
    stage.washes.append(Wash(thing, ready - 0.25, stop + 0.1))
    hands: tuple[int, ...] = (hand,)
    if stage.hands[1 - hand].holds < 0:
        if what.grasp in ("rim", "side", "top") and stage.rng.random() < 0.5:
            hands = (hand, 1 - hand)
            _rub(stage, thing, 1 - hand, base, start, ready, stop)
        else:
            stage.settle(1 - hand, start)
    stage.courses[thing].then(stop, still(base))
    stage.record(choice.pair, ready, stop, hands, thing)
    stage.clock = stop


def _rub(stage: Stage, thing: int, hand: int, base: Poses, start: float, ready: float, stop: float) -> None:
    """The other hand rubs a washed thing."""
    what = stage.things[thing]
    grip = (base.position[0] + base.turn[0] @ np.array([0.0, 0.0, what.height])) + (0.02 * SIGNS[hand], 0.0, 0.0)
    goal = grasp_pose("top", grip, np.array([0.0, 1.0, 0.0]), 0.03, 0.75 * float(grip[0]), hand, stage.hand_size)
    stage.reach(hand, goal, "top", 0.045, start, ready)
    offset = relative(base, goal)
    course, rate = stage.courses[thing], lasting(stage, 1.4, 2.0)

    def rubbing(times: Array) -> Poses:
        on = compose(course.at(times), offset)
        angle = 2.0 * np.pi * rate * (times - ready)
        circle = 0.022 * np.stack([np.cos(angle) - 1.0, np.sin(angle), 0 * angle], axis=1)
        return Poses(on.position + circle, on.turn)

    stage.hands[hand].course.then(ready, rubbing)
    stage.hands[hand].touching = (thing, ready)
    stage.let_go(hand, stop)


def shake(stage: Stage, choice: Choice) -> None:
    """Shakes a thing in the air."""
    thing, hand = choice.thing, choice.hand
    what = stage.things[thing]
    place = np.array([0.75 * stage.focus[0].last + SIGNS[hand] * 0.10, 0.20, 0.20 - 0.4 * what.height])
    start, ready = begin(stage, (hand,), place * (1.0, 1.0, 0.4))
    base = stage.facing_hand(thing, hand, place, start, about(0, -0.3) if what.grasp == "tool" else None)
    stage.carry(thing, base, start, ready)
    stop = ready + lasting(stage, 1.6, 2.4)
    shift = np.array([0.012, 0.018, 0.05])
    axis = base.turn[0][:, 0]
    swing = swinging(base, shift, axis, 0.22, lasting(stage, 2.0, 2.5), ready, stop)
    stage.courses[thing].then(ready, swing)
    stage.courses[thing].then(stop, still(base))
    stage.record(choice.pair, ready, stop, (hand,), thing)
    stage.clock = stop


def squeeze(stage: Stage, choice: Choice) -> None:
    """Presses a thing again and again; drops fall from it."""
    thing, hand = choice.thing, choice.hand
    what = stage.things[thing]
    if stage.sink is not None and what.noun == "sponge":
        place = np.array([stage.sink.x + stage.rng.uniform(-0.04, 0.04), 0.22, 0.05])
    else:
        place = np.array([0.75 * stage.focus[0].last + SIGNS[hand] * 0.08, 0.20, 0.16 - 0.4 * what.height])
    start, ready = begin(stage, (hand,), place)
    base = _thumb_up(stage, thing, hand, place, start)
    stage.carry(thing, base, start, ready, arc=0.02)
    stop = ready + lasting(stage, 1.7, 2.6)
    stage.drips.append(Drip(thing, ready + 0.1, stop))
    cycles = max(round((stop - ready) * lasting(stage, 1.0, 1.4)), 2)
    stage.squash[thing].wave(0.5, ready, stop, cycles)
    loose, tight = hand_shape(HOLDS[what.grasp].shape, what.girth), hand_shape(HOLDS[what.grasp].shape, 0.015)
    half = (stop - ready) / cycles / 2.0
    for beat in range(2 * cycles):
        stage.shape_hand(hand, loose if beat % 2 else tight, ready + beat * half, ready + (beat + 1) * half)
    stage.courses[thing].then(ready, still(base))
    stage.record(choice.pair, ready, stop, (hand,), thing)
    stage.clock = stop


def _thumb_up(stage: Stage, thing: int, hand: int, place: Array, time: float) -> Poses:
    """A thing at a place, with the holding hand rolled so that its thumb is on top and the thing can be seen."""
    level = stage.facing_hand(thing, hand, place, time)
    if stage.things[thing].grasp != "top":
        return level
    now = relative(stage.thing_pose(thing, time), stage.hands[hand].course.pose_at(time))
    along = compose(level, now).turn[0][:, 1]
    rolled = turns_about(along, np.array([SIGNS[hand] * 0.95]))[0] @ level.turn[0]
    middle = np.array([0.0, 0.0, 0.5 * stage.things[thing].height])
    return pose(level.position[0] + (level.turn[0] - rolled) @ middle, rolled)

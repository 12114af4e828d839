"""How each verb is done: the motions of hands and things, and the stretch of time that carries the label."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from egograph.data.toy_kitchen.actions import Pair
from egograph.data.toy_kitchen.hands import HOLDS, SIGNS, grasp_pose, hand_shape
from egograph.data.toy_kitchen.motion import (
    Array,
    Course,
    Piece,
    Poses,
    about,
    blend,
    carried,
    compose,
    pose,
    ramp,
    relative,
    still,
    turns_about,
)
from egograph.data.toy_kitchen.stage import BUILT_IN, COUNTER, GONE, INSIDE, Contents, Drip, Flow, Level, Place, Stage, Stay

FOREVER = 1e9


@dataclass(frozen=True)
class Choice:
    """What is done next.

    Attributes:
        pair: verb and noun.
        hand: the hand that does it.
        thing: the thing that is held or taken, -1 where a fixture is worked.
        target: the other thing that takes part (a container, the food that is cut), or -1.
        fixture: the fixture that is worked or filled ("sink" too), or "".
        spot: `[2]`, where on the counter, or None.
    """

    pair: Pair
    hand: int
    thing: int = -1
    target: int = -1
    fixture: str = ""
    spot: Array | None = None


def perform(stage: Stage, choice: Choice) -> None:
    """Does what was chosen, from the stage's clock on, and moves the clock to its end."""
    VERBS[choice.pair[0]](stage, choice)


def _begin(stage: Stage, hands: tuple[int, ...], point: Array) -> tuple[float, float]:
    """Turns to a place while the other hands settle; gives now and when the hand can be there."""
    start = stage.clock
    stage.look_at(point, start)
    for hand in (0, 1):
        if hand not in hands:
            stage.settle(hand, start)
    return start, start + float(stage.rng.uniform(0.5, 0.85))


def _lasting(stage: Stage, low: float, high: float) -> float:
    return float(stage.rng.uniform(low, high))


def _above(where: Poses, height: float) -> Poses:
    return Poses(where.position + (0.0, 0.0, height), where.turn)


def _lifting(first: Poses, last: Poses, start: float, stop: float) -> Piece:
    """Up first, then across."""
    span = stop - start

    def at(times: Array) -> Poses:
        up = ramp(times, start, start + 0.7 * span)
        between = blend(first, last, ramp(times, start + 0.2 * span, stop))
        between.position[:, 2] = first.position[0, 2] + up * (last.position[0, 2] - first.position[0, 2])
        return between

    return at


def _take(stage: Stage, choice: Choice) -> None:
    thing, hand = choice.thing, choice.hand
    where = stage.thing_pose(thing, stage.clock)
    start, contact = _begin(stage, (hand,), where.position[0])
    goal = stage.grasp_at(thing, hand, where, 0.75 * float(where.position[0, 0]))
    stage.reach(hand, goal, stage.things[thing].grasp, stage.things[thing].girth, start, contact)
    stop = contact + _lasting(stage, 0.95, 1.5)
    place = stage.places[thing]
    stage.take_hold(thing, hand, contact)
    for index, stay in enumerate(stage.stays):
        if stay.thing == thing and stay.stop == FOREVER:
            stage.stays[index] = replace(stay, stop=contact + 0.75 * (stop - contact))
    goal = stage.hold_pose(thing, hand, contact)
    if place.kind == COUNTER:
        stage.carry(thing, goal, contact, stop, arc=0.02, in_air=True)
    else:
        top = _above(pose(where.position[0], goal.turn[0]), 0.13)
        middle = contact + 0.6 * (stop - contact)
        stage.courses[thing].then(contact, _lifting(where, top, contact, middle))
        stage.carry(thing, goal, middle, stop, in_air=True)
    stage.record(choice.pair, contact, stop, (hand,), thing, place.other, _also(stage, place))
    stage.clock = stop


def _also(stage: Stage, place: Place) -> tuple[str, ...]:
    if place.kind == INSIDE:
        return (stage.things[place.other].noun,)
    return (place.where,) if place.kind == BUILT_IN and place.where in stage.fixtures else ()


def _put(stage: Stage, choice: Choice) -> None:
    assert choice.spot is not None
    thing, hand = choice.thing, choice.hand
    spot = np.array([*choice.spot, 0.0])
    start, ready = _begin(stage, (hand,), spot)
    goal = stage.facing_hand(thing, hand, spot, start)
    stage.carry(thing, _above(goal, 0.13), start, ready, arc=0.03)
    stop = ready + _lasting(stage, 0.8, 1.2)
    stage.carry(thing, goal, ready, stop)
    stage.courses[thing].then(stop, still(goal))
    stage.places[thing] = Place(COUNTER)
    stage.let_go(hand, stop)
    stage.record(choice.pair, ready, stop + 0.15, (hand,), thing)
    stage.clock = stop + 0.2


def _insert(stage: Stage, choice: Choice) -> None:
    thing, hand = choice.thing, choice.hand
    carrier, mouth, goal, clear = _inside_of(stage, choice)
    start, ready = _begin(stage, (hand,), mouth)
    stage.carry(thing, _above(goal, clear), start, ready, arc=0.04)
    stop = ready + _lasting(stage, 0.85, 1.3)
    stage.carry(thing, goal, ready, stop)
    stage.courses[thing].then(stop, carried(carrier, relative(carrier.pose_at(stop), goal)))
    stage.places[thing] = Place(INSIDE, choice.target) if choice.target >= 0 else Place(BUILT_IN, -1, choice.fixture)
    stage.stays.append(Stay(thing, choice.target, choice.fixture, ready, FOREVER))
    stage.let_go(hand, stop)
    stage.record(choice.pair, ready, stop + 0.15, (hand,), thing, choice.target, _also(stage, stage.places[thing]))
    stage.clock = stop + 0.2


def _inside_of(stage: Stage, choice: Choice) -> tuple[Course, Array, Poses, float]:
    """What the thing will move with, where to look, the thing's pose inside, and from how high it is let down."""
    thing, hand = choice.thing, choice.hand
    what = stage.things[thing]
    if choice.fixture == "drawer":
        carrier = stage.parts["drawer"]
        mouth = compose(carrier.pose_at(stage.clock), pose(stage.fixtures["drawer"].mouth)).position[0]
        return carrier, mouth, stage.facing_hand(thing, hand, mouth, stage.clock), 0.17
    if choice.fixture == "sink":
        assert stage.sink is not None
        mouth = np.array([stage.sink.x + stage.rng.uniform(-0.05, 0.05), 0.24, stage.sink.floor])
        return Course(still(pose(mouth))), mouth, stage.facing_hand(thing, hand, mouth, stage.clock), 0.20
    container = stage.things[choice.target]
    carrier = stage.courses[choice.target]
    mouth = carrier.pose_at(stage.clock).position[0].copy()
    tilt, goal = None, mouth.copy()
    if what.noun == "lid":
        goal[2] += container.rim
    elif what.grasp == "tool":
        lean = -1.25 if container.noun == "cup" else -0.45
        tilt = about(0, lean)
        flat = stage.facing_hand(thing, hand, mouth, stage.clock, tilt)
        shift = 0.0 if container.noun == "cup" else 0.3 * container.hollow
        tip = mouth + (0.0, shift, container.floor + 0.008) - flat.turn[0] @ np.array(what.tip)
        return carrier, mouth, Poses(tip[None], flat.turn), 0.12
    else:
        free = max(container.hollow - 0.8 * what.footprint, 0.0)
        goal[:2] += stage.rng.uniform(-0.6, 0.6, 2) * free
        goal[2] += container.floor
    return (
        carrier,
        mouth,
        stage.facing_hand(thing, hand, goal, stage.clock, tilt),
        0.12 + container.rim - container.floor,
    )


def _move(stage: Stage, choice: Choice) -> None:
    assert choice.spot is not None
    thing, hand = choice.thing, choice.hand
    where = stage.thing_pose(thing, stage.clock)
    spot = np.array([*choice.spot, float(where.position[0, 2])])
    start, contact = _begin(stage, (hand,), 0.5 * (where.position[0] + spot))
    what = stage.things[thing]
    stage.reach(
        hand,
        stage.grasp_at(thing, hand, where, 0.75 * float(where.position[0, 0])),
        what.grasp,
        what.girth,
        start,
        contact,
    )
    stop = contact + _lasting(stage, 0.95, 1.5)
    stage.take_hold(thing, hand, contact)
    goal = stage.facing_hand(thing, hand, spot, contact)
    stage.carry(thing, goal, contact, stop)
    stage.courses[thing].then(stop, still(goal))
    stage.places[thing] = Place(COUNTER)
    stage.let_go(hand, stop + 0.05)
    stage.record(choice.pair, contact, stop, (hand,), thing)
    stage.clock = stop + 0.1


def _work_fixture(stage: Stage, choice: Choice) -> None:
    """Opens, closes, turns on or off."""
    noun, hand = choice.fixture, choice.hand
    fixture, level, part = stage.fixtures[noun], stage.levels[noun], stage.parts[noun]
    goal_level = 1.0 if choice.pair[0] in ("open", "turn-on") else 0.0
    grip = pose(fixture.grip)
    handle = compose(part.pose_at(stage.clock), grip).position[0]
    start, contact = _begin(stage, (hand,), handle)
    first = _handle_pose(stage, noun, hand, handle)
    stage.reach(hand, first, fixture.grasp, 0.008, start, contact)
    quick = choice.pair[0].startswith("turn")
    stop = contact + (_lasting(stage, 0.9, 1.25) if quick else _lasting(stage, 1.0, 1.6))
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
    stage.record(choice.pair, contact, stop, (hand,), -1, stage.entity_of(noun))
    stage.clock = stop + 0.1


def _handle_pose(stage: Stage, noun: str, hand: int, handle: Array) -> Poses:
    fixture = stage.fixtures[noun]
    body = 0.75 * float(handle[0])
    return grasp_pose(fixture.grasp, handle, np.array([0.0, 1.0, 0.0]), 0.008, body, hand, stage.hand_size)


def _to_and_fro(
    base: Poses, shift: Array, turn_axis: Array, angle: float, rate: float, start: float, stop: float
) -> Piece:
    """Swings about a pose: `shift` metres and `angle` radians each way, `rate` times a second."""

    def at(times: Array) -> Poses:
        size = ramp(times, start, start + 0.15) * (1.0 - ramp(times, stop - 0.15, stop))
        swing = size * np.sin(2.0 * np.pi * rate * (times - start))
        return Poses(base.position + swing[:, None] * shift, turns_about(turn_axis, angle * swing) @ base.turn)

    return at


def _wash(stage: Stage, choice: Choice) -> None:
    assert stage.sink is not None
    thing, hand = choice.thing, choice.hand
    what, spout = stage.things[thing], np.array(stage.sink.spout)
    under = spout * (1.0, 1.0, 0.0) + (0.0, -0.015, 0.045)
    start, ready = _begin(stage, (0, 1) if stage.hands[1 - hand].holds < 0 else (hand,), under)
    tilt = about(0, 0.55) if what.flat and what.grasp == "rim" or what.noun in ("pan", "lid", "bowl") else None
    base = stage.facing_hand(thing, hand, under, start, tilt)
    middle = (
        np.array([0.0, 0.5 * what.tip[1], 0.5 * what.height])
        if what.grasp == "tool"
        else np.array([0.0, 0.0, 0.5 * what.height])
    )
    base = Poses(under - base.turn @ middle, base.turn)
    stage.carry(thing, base, start, ready, arc=0.03)
    stop = ready + _lasting(stage, 1.7, 2.8)
    size = 0.5 * max(what.footprint, 0.05)
    shift = np.array([0.055 if what.grasp == "tool" else size, 0.25 * size, 0.0])
    swing = _to_and_fro(base, shift, np.array([0.0, 0.0, 1.0]), 0.10, _lasting(stage, 1.3, 1.9), ready, stop)
    stage.courses[thing].then(ready, swing)
    stage.washes.append((thing, ready - 0.25, stop + 0.1))
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
    course, rate = stage.courses[thing], _lasting(stage, 1.4, 2.0)

    def rubbing(times: Array) -> Poses:
        on = compose(course.at(times), offset)
        angle = 2.0 * np.pi * rate * (times - ready)
        circle = 0.022 * np.stack([np.cos(angle) - 1.0, np.sin(angle), 0 * angle], axis=1)
        return Poses(on.position + circle, on.turn)

    stage.hands[hand].course.then(ready, rubbing)
    stage.hands[hand].touching = (thing, ready)
    stage.let_go(hand, stop)


def _shake(stage: Stage, choice: Choice) -> None:
    thing, hand = choice.thing, choice.hand
    what = stage.things[thing]
    place = np.array([0.75 * stage.focus[0].last + SIGNS[hand] * 0.10, 0.20, 0.20 - 0.4 * what.height])
    start, ready = _begin(stage, (hand,), place * (1.0, 1.0, 0.4))
    base = stage.facing_hand(thing, hand, place, start, about(0, -0.3) if what.grasp == "tool" else None)
    stage.carry(thing, base, start, ready)
    stop = ready + _lasting(stage, 1.6, 2.4)
    shift = np.array([0.012, 0.018, 0.05])
    axis = base.turn[0][:, 0]
    swing = _to_and_fro(base, shift, axis, 0.22, _lasting(stage, 2.0, 2.5), ready, stop)
    stage.courses[thing].then(ready, swing)
    stage.courses[thing].then(stop, still(base))
    stage.record(choice.pair, ready, stop, (hand,), thing)
    stage.clock = stop


def _squeeze(stage: Stage, choice: Choice) -> None:
    thing, hand = choice.thing, choice.hand
    what = stage.things[thing]
    if stage.sink is not None and what.noun == "sponge":
        place = np.array([stage.sink.x + stage.rng.uniform(-0.04, 0.04), 0.22, 0.05])
    else:
        place = np.array([0.75 * stage.focus[0].last + SIGNS[hand] * 0.08, 0.20, 0.16 - 0.4 * what.height])
    start, ready = _begin(stage, (hand,), place)
    base = _thumb_up(stage, thing, hand, place, start)
    stage.carry(thing, base, start, ready, arc=0.02)
    stop = ready + _lasting(stage, 1.7, 2.6)
    stage.drips.append(Drip(thing, ready + 0.1, stop))
    cycles = max(round((stop - ready) * _lasting(stage, 1.0, 1.4)), 2)
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


def _cut(stage: Stage, choice: Choice) -> None:
    knife, food, hand = choice.thing, choice.target, choice.hand
    other = 1 - hand
    what, eaten = stage.things[knife], stage.things[food]
    lying = stage.thing_pose(food, stage.clock)
    spot = lying.position[0]
    start, ready = _begin(stage, (0, 1), spot)
    ready += 0.1
    side = np.array([SIGNS[other] * 0.55 * eaten.girth, -0.012, 0.0])
    grip = lying.position[0] + lying.turn[0] @ np.array(eaten.grip) + side + (0.0, 0.0, 0.008)
    hold = grasp_pose(
        "top", grip, np.array([0.0, 1.0, 0.0]), eaten.girth, 0.75 * float(spot[0]), other, stage.hand_size
    )
    stage.reach(other, hold, "top", eaten.girth + 0.012, start, ready - 0.1)
    stage.touch(other, food, stage.courses[food], ready - 0.1)
    stop = ready + _lasting(stage, 1.7, 2.8)
    rate, travel = _lasting(stage, 1.7, 2.3), 0.030
    aim = pose((0.0, 0.0, 0.0), _blade_down(stage, knife, hand, start))
    from_side = spot + (SIGNS[hand] * 0.022, 0.01, 0.0)
    low, high = float(spot[2]) + 0.022, float(spot[2]) + 2.0 * eaten.grip[2] + 0.040

    def edge(times: Array) -> Array:
        lift = 0.5 * (1.0 + np.cos(2.0 * np.pi * rate * (times - ready)))
        along = np.clip((times - ready) / (stop - ready), 0.0, 1.0)
        x = from_side[0] - SIGNS[hand] * travel * along
        return np.stack([x, np.full(len(times), from_side[1]), low + (high - low) * lift], axis=1)

    def chopping(times: Array) -> Poses:
        at = np.clip(times, ready, stop)
        return Poses(edge(at) - aim.turn[0] @ np.array(what.tip), np.repeat(aim.turn, len(times), 0))

    stage.carry(knife, chopping(np.array([ready])), start, ready, arc=0.03)
    stage.courses[knife].then(ready, chopping)
    stage.cuts[food].ramp_to(stage.cuts[food].last + 1.0, ready, stop)
    stage.let_go(other, stop)
    stage.record(choice.pair, ready, stop, (hand, other), food, knife, ("knife",))
    stage.clock = stop


def _blade_down(stage: Stage, knife: int, hand: int, time: float) -> Array:
    """`[3, 3]`: the knife points away and inward, its edge down."""
    return about(2, SIGNS[hand] * 0.30) @ about(0, -0.12) @ about(1, SIGNS[hand] * 1.45)


def _peel(stage: Stage, choice: Choice) -> None:
    knife, food, hand = choice.thing, choice.target, choice.hand
    other = 1 - hand
    what, eaten = stage.things[knife], stage.things[food]
    body = 0.75 * stage.focus[0].last
    place = np.array([body + SIGNS[other] * 0.015, 0.19, 0.12])
    start, ready = _begin(stage, (0, 1), place)
    ready += 0.1
    held = stage.facing_hand(food, other, place, start)
    stage.carry(food, held, start, ready)
    stage.courses[food].then(ready, still(held))
    stop = ready + _lasting(stage, 1.8, 2.8)
    rate, reach = _lasting(stage, 1.2, 1.6), 0.035
    turn = about(2, SIGNS[hand] * 1.0) @ about(1, SIGNS[hand] * 0.5)
    near = place + (SIGNS[hand] * 0.012, -0.002, 2.0 * eaten.grip[2] + 0.012)

    def sliding(times: Array) -> Poses:
        at = np.clip(times, ready, stop)
        phase = 2.0 * np.pi * rate * (at - ready)
        position = near + np.stack([0 * phase, reach * np.cos(phase), 0.016 * np.maximum(-np.sin(phase), 0.0)], axis=1)
        return Poses(position - turn @ np.array(what.tip), np.repeat(turn[None], len(times), 0))

    stage.carry(knife, sliding(np.array([ready])), start, ready, arc=0.02)
    stage.courses[knife].then(ready, sliding)
    stage.cuts[food].ramp_to(stage.cuts[food].last + 1.0, ready, stop)
    stage.record(choice.pair, ready, stop, (hand, other), food, knife, ("knife",))
    stage.clock = stop


def _pour(stage: Stage, choice: Choice) -> None:
    vessel, container, hand = choice.thing, choice.target, choice.hand
    what, bowl = stage.things[vessel], stage.things[container]
    mouth = stage.thing_pose(container, stage.clock).position[0]
    start, ready = _begin(stage, (hand,), mouth)
    tip = np.array(what.tip) * ((SIGNS[hand], 1.0, 1.0) if what.noun == "box" else (1.0, 1.0, 1.0))
    aim = mouth + (SIGNS[hand] * 0.25 * bowl.hollow, 0.0, bowl.rim + 0.075)
    upright = stage.facing_hand(vessel, hand, mouth + (SIGNS[hand] * 0.12, -0.02, 0.1), start).turn[0]
    if what.noun == "kettle":
        upright = about(2, SIGNS[hand] * 0.7) @ upright
        axis, most = upright[:, 0], -0.75
    else:
        forward = mouth[:2] - np.array([0.75 * mouth[0] + SIGNS[hand] * 0.19, -0.34])
        axis = np.array([*(forward / np.linalg.norm(forward)), 0.0])
        most = -SIGNS[hand] * 1.75
    stop = ready + _lasting(stage, 1.8, 2.7)

    def tilting(times: Array) -> Poses:
        share = 0.12 + 0.88 * ramp(times, ready, ready + 0.55) * (1.0 - ramp(times, stop - 0.4, stop))
        turns = turns_about(axis, most * share) @ upright
        rise = 0.05 * (1.0 - share)[:, None] * np.array([0.0, 0.0, 1.0])
        return Poses(aim + rise - turns @ tip, turns)

    stage.carry(vessel, tilting(np.array([ready])), start, ready, arc=0.03)
    stage.courses[vessel].then(ready, tilting)
    noun = choice.pair[1]
    stage.flows.append(Flow(noun, vessel, container, ready + 0.3, stop - 0.3))
    level = stage.contents.setdefault(
        container, Contents(LIQUID_COLOURS[noun], Level(0.0), Level(0.0), chunks=False)
    ).level
    level.ramp_to(min(level.last + float(stage.rng.uniform(0.25, 0.4)), 0.8), ready + 0.4, stop - 0.2)
    stage.record(choice.pair, ready, stop, (hand,), vessel, container, (what.noun, bowl.noun))
    stage.clock = stop


LIQUID_COLOURS = {"water": (196.0, 216.0, 226.0), "oil": (214.0, 178.0, 52.0), "milk": (246.0, 243.0, 234.0)}


def _mix(stage: Stage, choice: Choice) -> None:
    spoon, container, hand = choice.thing, choice.target, choice.hand
    other = 1 - hand
    what, bowl = stage.things[spoon], stage.things[container]
    place = stage.thing_pose(container, stage.clock)
    mouth = place.position[0]
    free = stage.hands[other].holds < 0
    holds = free and stage.rng.random() < 0.6
    start, ready = _begin(stage, (0, 1) if holds else (hand,), mouth)
    stop = ready + _lasting(stage, 1.8, 2.8)
    rate, radius = _lasting(stage, 1.0, 1.5), (0.35 if bowl.noun == "cup" else 0.62) * bowl.hollow
    turn = about(2, SIGNS[hand] * 0.8) @ about(0, -1.1 if bowl.noun == "cup" else -0.68)
    low = mouth + (0.0, 0.0, bowl.floor + 0.02)

    def stirring(times: Array) -> Poses:
        angle = 2.0 * np.pi * rate * (np.clip(times, ready, stop) - ready)
        circle = radius * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
        return Poses(low + circle - turn @ np.array(what.tip), np.repeat(turn[None], len(times), 0))

    first = stirring(np.array([ready]))
    stage.courses[spoon].then(start, _over_rim(stage.thing_pose(spoon, start), first, start, ready))
    stage.courses[spoon].then(ready, stirring)
    stage.stays.append(Stay(spoon, container, "", start + 0.6 * (ready - start), stop + 0.25))
    if container in stage.contents:
        stage.contents[container].swirl.ramp_to(
            stage.contents[container].swirl.last + (stop - ready) * rate, ready, stop
        )
    hands: tuple[int, ...] = (hand,)
    if holds:
        goal = stage.grasp_at(container, other, place, 0.75 * float(mouth[0]))
        stage.reach(other, goal, bowl.grasp, bowl.girth, start, ready - 0.05)
        stage.touch(other, container, stage.courses[container], ready - 0.05)
        stage.let_go(other, stop)
        hands = (hand, other)
    up = _above(stirring(np.array([stop])), 0.11)
    stage.courses[spoon].then(stop, _lifting(stirring(np.array([stop])), up, stop, stop + 0.35))
    stage.record(choice.pair, ready, stop, hands, container, spoon, (what.noun,))
    stage.clock = stop + 0.3


def _over_rim(first: Poses, last: Poses, start: float, stop: float) -> Piece:
    """Across first, then down."""
    span = stop - start
    high = max(float(first.position[0, 2]), float(last.position[0, 2]) + 0.10)

    def at(times: Array) -> Poses:
        between = blend(first, last, ramp(times, start, start + 0.8 * span))
        up, down = ramp(times, start, start + 0.5 * span), ramp(times, start + 0.55 * span, stop)
        risen = first.position[0, 2] + up * (high - first.position[0, 2])
        between.position[:, 2] = risen + down * (last.position[0, 2] - high)
        return between

    return at


def _throw(stage: Stage, choice: Choice) -> None:
    thing, hand = choice.thing, choice.hand
    bin_mouth = np.array(stage.fixtures["bin"].mouth)
    what = stage.things[thing]
    start, ready = _begin(stage, (hand,), bin_mouth + (0.0, 0.0, 0.12))
    away = np.array([-0.08 * np.sign(bin_mouth[0]), -0.07, 0.0])
    first = stage.facing_hand(thing, hand, bin_mouth + away + (0.0, 0.0, 0.255 - 0.2 * what.height), start)
    stage.carry(thing, first, start, ready, arc=0.03)
    stop = ready + _lasting(stage, 1.0, 1.3)
    wound = ready + 0.38 * (stop - ready)
    flung = wound + 0.26
    back = Poses(first.position + 0.6 * away + (0.0, 0.0, 0.04), first.turn)
    stage.carry(thing, back, ready, wound)
    leave = Poses(first.position - 0.35 * away + (0.0, 0.0, 0.02), first.turn)
    stage.carry(thing, leave, wound, flung)
    stage.let_go(hand, flung, away=0.07)
    landing = bin_mouth + (0.0, 0.0, 0.012)
    fall = max(stop - flung, 0.3)

    def falling(times: Array) -> Poses:
        share = np.clip((times - flung) / fall, 0.0, 1.0)
        path = leave.position + np.minimum(1.6 * share, 1.0)[:, None] * (landing - leave.position) * (1.0, 1.0, 0.0)
        path[:, 2] += (landing[2] - leave.position[0, 2]) * share**2 + 0.16 * share * (1.0 - share)
        return Poses(path, turns_about(np.array([1.0, 0.0, 0.0]), 2.5 * share) @ leave.turn)

    stage.courses[thing].then(flung, falling)
    stage.stays.append(Stay(thing, -1, "bin", flung, FOREVER))
    stage.places[thing] = Place(GONE)
    stage.record(choice.pair, ready, stop, (hand,), thing, stage.entity_of("bin"), ("bin",))
    stage.clock = stop + 0.05


VERBS: dict[str, Callable[[Stage, Choice], None]] = {
    "take": _take,
    "remove": _take,
    "put": _put,
    "insert": _insert,
    "move": _move,
    "open": _work_fixture,
    "close": _work_fixture,
    "turn-on": _work_fixture,
    "turn-off": _work_fixture,
    "wash": _wash,
    "shake": _shake,
    "squeeze": _squeeze,
    "cut": _cut,
    "peel": _peel,
    "pour": _pour,
    "mix": _mix,
    "throw": _throw,
}

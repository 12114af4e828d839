"""Taking, removing, putting, inserting, moving and throwing things."""

from dataclasses import replace

import numpy as np

from egograph.data.toy_kitchen.motion import (
    Array,
    Course,
    Poses,
    about,
    carried,
    compose,
    lifting,
    pose,
    relative,
    still,
    turns_about,
)
from egograph.data.toy_kitchen.performing.choice import AFTER, FOREVER, UP, WITHDRAWN, Choice, above, begin, lasting
from egograph.data.toy_kitchen.records import BUILT_IN, COUNTER, GONE, INSIDE, Place, Stay
from egograph.data.toy_kitchen.stage import Stage


def take(stage: Stage, choice: Choice) -> None:
    """Takes a thing from the counter, or removes it from where it is inside."""
    thing, hand = choice.thing, choice.hand
    where = stage.thing_pose(thing, stage.clock)
    start, contact = begin(stage, (hand,), where.position[0])
    goal = stage.grasp_at(thing, hand, where, 0.75 * float(where.position[0, 0]))
    stage.reach(hand, goal, stage.things[thing].grasp, stage.things[thing].girth, start, contact)
    stop = contact + lasting(stage, 0.9, 1.3)
    place = stage.places[thing]
    stage.take_hold(thing, hand, contact)
    for index, stay in enumerate(stage.stays):
        if stay.thing == thing and stay.stop == FOREVER:
            stage.stays[index] = replace(stay, stop=contact + 0.75 * (stop - contact))
    goal = stage.hold_pose(thing, hand, contact)
    if place.kind == COUNTER:
        stage.carry(thing, goal, contact, stop, arc=0.02, in_air=True)
    else:
        top = above(pose(where.position[0], goal.turn[0]), 0.13)
        middle = contact + 0.6 * (stop - contact)
        stage.courses[thing].then(contact, lifting(where, top, contact, middle))
        stage.carry(thing, goal, middle, stop, in_air=True)
    stage.record(choice.pair, contact + 0.15, stop + AFTER, (hand,), thing, place.other, _also(stage, place))
    stage.clock = stop + WITHDRAWN


def put(stage: Stage, choice: Choice) -> None:
    """Puts a held thing down on the counter."""
    assert choice.spot is not None
    thing, hand = choice.thing, choice.hand
    start, ready = begin(stage, (hand,), choice.spot)
    goal = stage.facing_hand(thing, hand, choice.spot, start)
    stage.carry(thing, above(goal, 0.13), start, ready, arc=0.03)
    stop = ready + lasting(stage, 0.8, 1.2)
    stage.carry(thing, goal, ready, stop)
    stage.courses[thing].then(stop, still(goal))
    stage.places[thing] = Place(COUNTER)
    stage.let_go(hand, stop)
    stage.record(choice.pair, ready + 0.1, stop + AFTER, (hand,), thing)
    stage.clock = stop + WITHDRAWN


def insert(stage: Stage, choice: Choice) -> None:
    """Lets a held thing down into a container."""
    thing, hand = choice.thing, choice.hand
    carrier, mouth, goal, clear = _inside_of(stage, choice)
    start, ready = begin(stage, (hand,), mouth)
    stage.carry(thing, above(goal, clear), start, ready, arc=0.04)
    stop = ready + lasting(stage, 0.85, 1.3)
    stage.carry(thing, goal, ready, stop)
    stage.courses[thing].then(stop, carried(carrier, relative(carrier.pose_at(stop), goal)))
    stage.places[thing] = Place(INSIDE, choice.target) if choice.target >= 0 else Place(BUILT_IN, -1, choice.fixture)
    stage.stays.append(Stay(thing, choice.target, choice.fixture, ready, FOREVER))
    stage.let_go(hand, stop)
    also = _also(stage, stage.places[thing])
    stage.record(choice.pair, ready + 0.1, stop + AFTER, (hand,), thing, choice.target, also)
    stage.clock = stop + WITHDRAWN


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
        tip = mouth + np.array([0.0, shift, container.floor + 0.008]) - flat.turn[0] @ np.array(what.tip)
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


def move(stage: Stage, choice: Choice) -> None:
    """Slides a thing along the counter."""
    assert choice.spot is not None
    thing, hand = choice.thing, choice.hand
    where = stage.thing_pose(thing, stage.clock)
    start, contact = begin(stage, (hand,), 0.5 * (where.position[0] + choice.spot))
    what = stage.things[thing]
    stage.reach(
        hand,
        stage.grasp_at(thing, hand, where, 0.75 * float(where.position[0, 0])),
        what.grasp,
        what.girth,
        start,
        contact,
    )
    stop = contact + lasting(stage, 0.9, 1.3)
    stage.take_hold(thing, hand, contact)
    goal = stage.facing_hand(thing, hand, choice.spot, contact)
    stage.carry(thing, goal, contact, stop)
    stage.courses[thing].then(stop, still(goal))
    stage.places[thing] = Place(COUNTER)
    stage.let_go(hand, stop + 0.05)
    stage.record(choice.pair, contact + 0.15, stop + AFTER, (hand,), thing)
    stage.clock = stop + WITHDRAWN


def throw(stage: Stage, choice: Choice) -> None:
    """Throws a held thing into the bin."""
    thing, hand = choice.thing, choice.hand
    bin_mouth = np.array(stage.fixtures["bin"].mouth)
    what = stage.things[thing]
    start, ready = begin(stage, (hand,), bin_mouth + 0.12 * UP)
    away = np.array([-0.08 * np.sign(bin_mouth[0]), -0.07, 0.0])
    first = stage.facing_hand(thing, hand, bin_mouth + away + (0.0, 0.0, 0.255 - 0.2 * what.height), start)
    stage.carry(thing, first, start, ready, arc=0.03)
    stop = ready + lasting(stage, 1.0, 1.3)
    wound = ready + 0.38 * (stop - ready)
    flung = wound + 0.26
    back = Poses(first.position + 0.6 * away + (0.0, 0.0, 0.04), first.turn)
    stage.carry(thing, back, ready, wound)
    leave = Poses(first.position - 0.35 * away + (0.0, 0.0, 0.02), first.turn)
    stage.carry(thing, leave, wound, flung)
    stage.let_go(hand, flung, away=0.07)
    tumble, half = 2.6, 0.5 * what.height * UP
    # It ends tilted on the bin's floor.
    lying = 0.5 * what.height * abs(np.cos(tumble)) + 0.6 * what.footprint * np.sin(tumble)
    released, landing = leave.position[0] + half, bin_mouth + lying * UP
    fall = max(stop - flung, 0.3)

    def falling(times: Array) -> Poses:
        share = np.clip((times - flung) / fall, 0.0, 1.0)
        middle = released + np.minimum(1.6 * share, 1.0)[:, None] * (landing - released)
        middle[:, 2] = released[2] + (landing[2] - released[2]) * share**2 + 0.16 * share * (1.0 - share)
        turns = turns_about(np.array([1.0, 0.0, 0.0]), tumble * share) @ leave.turn
        return Poses(middle - turns @ half, turns)

    stage.courses[thing].then(flung, falling)
    stage.stays.append(Stay(thing, -1, "bin", flung, FOREVER))
    stage.places[thing] = Place(GONE)
    stage.record(choice.pair, ready, stop, (hand,), thing, stage.entity_of("bin"), ("bin",))
    stage.clock = stop + 0.05


def _also(stage: Stage, place: Place) -> tuple[str, ...]:
    if place.kind == INSIDE:
        return (stage.things[place.other].noun,)
    return (place.where,) if place.kind == BUILT_IN and place.where in stage.fixtures else ()

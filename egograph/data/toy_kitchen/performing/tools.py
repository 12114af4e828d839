"""Cutting and peeling with a knife, mixing with a spoon, pouring from a vessel."""

import numpy as np

from egograph.data.toy_kitchen.hands import SIGNS, grasp_pose
from egograph.data.toy_kitchen.liquids import LIQUID_COLOURS
from egograph.data.toy_kitchen.motion import (
    Array,
    Level,
    Poses,
    about,
    lifting,
    over_rim,
    pose,
    ramp,
    still,
    turns_about,
)
from egograph.data.toy_kitchen.performing.choice import UP, Choice, above, begin, lasting
from egograph.data.toy_kitchen.records import Contents, Flow, Stay
from egograph.data.toy_kitchen.stage import Stage


def cut(stage: Stage, choice: Choice) -> None:
    """Chops food on the board, the other hand holds it; the pair's noun is the food."""
    knife, food, hand = choice.thing, choice.target, choice.hand
    other = 1 - hand
    what, eaten = stage.things[knife], stage.things[food]
    lying = stage.thing_pose(food, stage.clock)
    spot = lying.position[0]
    start, ready = begin(stage, (0, 1), spot)
    ready += 0.1
    side = np.array([SIGNS[other] * 0.55 * eaten.girth, -0.012, 0.0])
    grip = lying.position[0] + lying.turn[0] @ np.array(eaten.grip) + side + (0.0, 0.0, 0.008)
    hold = grasp_pose(
        "top", grip, np.array([0.0, 1.0, 0.0]), eaten.girth, 0.75 * float(spot[0]), other, stage.hand_size
    )
    stage.reach(other, hold, "top", eaten.girth + 0.012, start, ready - 0.1)
    stage.touch(other, food, stage.courses[food], ready - 0.1)
    stop = ready + lasting(stage, 1.7, 2.8)
    rate, travel = lasting(stage, 1.7, 2.3), 0.030
    aim = pose((0.0, 0.0, 0.0), _blade_down(stage, knife, hand, start))
    from_side = spot + np.array([SIGNS[hand] * 0.022, 0.01, 0.0])
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


def peel(stage: Stage, choice: Choice) -> None:
    """Slides the knife along food in the other hand."""
    knife, food, hand = choice.thing, choice.target, choice.hand
    other = 1 - hand
    what, eaten = stage.things[knife], stage.things[food]
    body = 0.75 * stage.focus[0].last
    place = np.array([body + SIGNS[other] * 0.015, 0.19, 0.12])
    start, ready = begin(stage, (0, 1), place)
    ready += 0.1
    held = stage.facing_hand(food, other, place, start)
    stage.carry(food, held, start, ready)
    stage.courses[food].then(ready, still(held))
    stop = ready + lasting(stage, 1.8, 2.8)
    rate, reach = lasting(stage, 1.2, 1.6), 0.035
    turn = about(2, SIGNS[hand] * 1.0) @ about(1, SIGNS[hand] * 0.5)
    near = place + np.array([SIGNS[hand] * 0.012, -0.002, 2.0 * eaten.grip[2] + 0.012])

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


def pour(stage: Stage, choice: Choice) -> None:
    """Tilts a vessel over a container; the pair's noun is the liquid."""
    vessel, container, hand = choice.thing, choice.target, choice.hand
    what, bowl = stage.things[vessel], stage.things[container]
    mouth = stage.thing_pose(container, stage.clock).position[0]
    start, ready = begin(stage, (hand,), mouth)
    tip = np.array(what.tip) * ((SIGNS[hand], 1.0, 1.0) if what.noun == "box" else (1.0, 1.0, 1.0))
    aim = mouth + np.array([SIGNS[hand] * 0.25 * bowl.hollow, 0.0, bowl.rim + 0.075])
    upright = stage.facing_hand(vessel, hand, mouth + np.array([SIGNS[hand] * 0.12, -0.02, 0.1]), start).turn[0]
    if what.noun == "kettle":
        upright = about(2, SIGNS[hand] * 0.7) @ upright
        axis, most = upright[:, 0], -0.75
    else:
        forward = mouth[:2] - np.array([0.75 * mouth[0] + SIGNS[hand] * 0.19, -0.34])
        axis = np.array([*(forward / np.linalg.norm(forward)), 0.0])
        most = -SIGNS[hand] * 1.75
    stop = ready + lasting(stage, 1.8, 2.7)

    def tilting(times: Array) -> Poses:
        share = 0.12 + 0.88 * ramp(times, ready, ready + 0.55) * (1.0 - ramp(times, stop - 0.4, stop))
        turns = turns_about(axis, most * share) @ upright
        rise = 0.05 * (1.0 - share)[:, None] * np.array([0.0, 0.0, 1.0])
        return Poses(aim + rise - turns @ tip, turns)

    stage.carry(vessel, tilting(np.array([ready])), start, ready, arc=0.03)
    stage.courses[vessel].then(ready, tilting)
    noun = choice.pair[1]
    stage.flows.append(
        Flow(noun, vessel, (float(tip[0]), float(tip[1]), float(tip[2])), container, ready + 0.3, stop - 0.3)
    )
    level = stage.contents.setdefault(
        container, Contents(LIQUID_COLOURS[noun], Level(0.0), Level(0.0), chunks=False)
    ).level
    level.ramp_to(min(level.last + float(stage.rng.uniform(0.25, 0.4)), 0.8), ready + 0.4, stop - 0.2)
    stage.record(choice.pair, ready, stop, (hand,), vessel, container, (what.noun, bowl.noun))
    stage.clock = stop


def mix(stage: Stage, choice: Choice) -> None:
    """Stirs a container with a spoon; the pair's noun is the container."""
    spoon, container, hand = choice.thing, choice.target, choice.hand
    other = 1 - hand
    what, bowl = stage.things[spoon], stage.things[container]
    place = stage.thing_pose(container, stage.clock)
    mouth = place.position[0]
    free = stage.hands[other].holds < 0
    holds = free and stage.rng.random() < 0.6
    start, ready = begin(stage, (0, 1) if holds else (hand,), mouth)
    stop = ready + lasting(stage, 1.8, 2.8)
    rate, radius = lasting(stage, 1.0, 1.5), (0.35 if bowl.noun == "cup" else 0.62) * bowl.hollow
    turn = about(2, SIGNS[hand] * 0.8) @ about(0, -1.1 if bowl.noun == "cup" else -0.68)
    low = mouth + (bowl.floor + 0.02) * UP

    def stirring(times: Array) -> Poses:
        angle = 2.0 * np.pi * rate * (np.clip(times, ready, stop) - ready)
        circle = radius * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
        return Poses(low + circle - turn @ np.array(what.tip), np.repeat(turn[None], len(times), 0))

    first = stirring(np.array([ready]))
    stage.courses[spoon].then(start, over_rim(stage.thing_pose(spoon, start), first, start, ready))
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
    up = above(stirring(np.array([stop])), 0.11)
    stage.courses[spoon].then(stop, lifting(stirring(np.array([stop])), up, stop, stop + 0.3))
    stage.record(choice.pair, ready, stop, hands, container, spoon, (what.noun,))
    stage.clock = stop + 0.2

"""Setting the stage: which things and fixtures there are, and where they are when the video starts."""

import numpy as np

from egograph.data.toy_kitchen.actions import CONTAINERS, Pair
from egograph.data.toy_kitchen.counter import free_spot
from egograph.data.toy_kitchen.fixtures import (
    Fixture,
    Ring,
    Sink,
    make_bin,
    make_cupboard,
    make_drawer,
    make_fridge,
    make_hob,
    make_sink,
    make_tap,
)
from egograph.data.toy_kitchen.hands import HOLDS, SIGNS, hand_shape
from egograph.data.toy_kitchen.looks import Look, Paints
from egograph.data.toy_kitchen.motion import Level, about, carried, compose, pose, still
from egograph.data.toy_kitchen.records import BUILT_IN, COUNTER, HELD, INSIDE, Contents, Place, Stay
from egograph.data.toy_kitchen.stage import Stage, hold_spot
from egograph.data.toy_kitchen.things import MAKERS, Thing, make_thing
from egograph.data.toy_kitchen.wishes import Wish, wish_for

FOREVER = 1e9


def set_stage(goals: list[Pair], look: Look, paints: Paints, rng: np.random.Generator) -> Stage:
    """A stage on which the goals are possible soon, with clutter beside."""
    wish = wish_for(goals, rng)
    fixtures, sink, ring = _fixtures(wish, look, paints, rng)
    rest = (np.array([-0.21, rng.uniform(-0.22, -0.02), 0.0]), np.array([0.21, rng.uniform(-0.22, -0.02), 0.0]))
    stage = Stage(fixtures, sink, ring, look.hands.size, rest, rng)
    for noun, started in wish.fixtures.items():
        if started or (started is None and rng.random() < 0.5):
            stage.open_fixture(noun)
    _place_things(stage, _nouns(wish, rng), wish, paints)
    for index, thing in enumerate(stage.things):
        lidded = any(stage.things[other].noun == "lid" for other in stage.inside(index))
        if thing.noun in CONTAINERS and not lidded and (thing.noun in wish.filled or rng.random() < 0.12):
            stage.contents[index] = _food(rng, paints)
    return stage


def _food(rng: np.random.Generator, paints: Paints) -> Contents:
    colour = paints.near(float(rng.choice([0.02, 0.08, 0.12, 0.27])), 0.03, (0.3, 0.8), (0.35, 0.9))
    return Contents(colour, Level(float(rng.uniform(0.3, 0.55))), Level(0.0), chunks=True)


def _fixtures(
    wish: Wish, look: Look, paints: Paints, rng: np.random.Generator
) -> tuple[dict[str, Fixture], Sink | None, Ring | None]:
    """The fixtures that are needed and some more: a sink on one side, hob or fridge and bin on the other."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    wanted, fixtures = wish.fixtures, {}
    sink, ring = None, None
    if "tap" in wanted or rng.random() < 0.5:
        x = side * rng.uniform(0.42, 0.48)
        sink = make_sink(x, paints)
        fixtures["tap"] = make_tap(x, paints, rng)
    if "bin" in wanted or rng.random() < 0.15:
        fixtures["bin"] = make_bin(-side * rng.uniform(0.34, 0.40), rng.uniform(0.14, 0.22), paints, rng)
    if "hob" in wanted or ("fridge" not in wanted and rng.random() < 0.2):
        fixtures["hob"], ring = make_hob(-side * (0.68 if "bin" in fixtures else 0.46), paints, rng)
    if "fridge" in wanted or ("hob" not in fixtures and rng.random() < 0.2):
        x = -side * ((1.08 if "bin" in fixtures else 0.86) if "hob" in fixtures else 0.52)
        fixtures["fridge"] = make_fridge(x, paints, rng)
    if "cupboard" in wanted or rng.random() < 0.25:
        fixtures["cupboard"] = make_cupboard(side * rng.uniform(-0.12, 0.22), look.cabinet, paints, rng)
    if "drawer" in wanted or rng.random() < 0.2:
        fixtures["drawer"] = make_drawer(rng.uniform(-0.18, 0.18), look.cabinet, paints, rng)
    for noun in fixtures:
        if noun not in wanted and noun != "hob":
            wanted[noun] = bool(rng.random() < 0.3)
    return fixtures, sink, ring


def _nouns(wish: Wish, rng: np.random.Generator) -> list[str]:
    nouns = list(wish.nouns)
    nouns += [container for _, container in wish.inside if container not in (*nouns, "drawer", "sink")]
    count = max(int(rng.integers(4, 8)), len(nouns))
    kinds = [kind for kind in MAKERS if kind != "board:chopping" or kind not in nouns]
    weights = np.array([0.4 if kind in ("board:chopping", "pan", "plate", "lid", "kettle") else 1.0 for kind in kinds])
    while len(nouns) < count:
        nouns.append(kinds[rng.choice(len(kinds), p=weights / weights.sum())])
    # Big things find room first.
    order = {"board:chopping": 0, "pan": 1, "plate": 2, "lid": 3, "kettle": 4, "bowl": 5, "cup": 6}
    return sorted(nouns, key=lambda noun: order.get(noun, 9))


def _place_things(stage: Stage, nouns: list[str], wish: Wish, paints: Paints) -> None:
    """Makes the things and places them; what finds no room is left out."""
    inside = dict(wish.inside)
    done: set[str] = set()
    for noun in nouns:
        thing = make_thing(noun, paints, stage.rng)
        first = noun not in done
        done.add(noun)
        if first and noun in wish.held and _give_to_hand(stage, thing):
            continue
        container = inside.get(noun, "") if first else ""
        holder = _standing(stage, container)
        spot = free_spot(stage, thing)
        if container == "drawer" and "drawer" in stage.fixtures:
            _start_in_drawer(stage, thing)
        elif holder is not None:
            _start_inside(stage, thing, holder)
        elif spot is not None:
            where = pose((*spot, 0.0), about(2, _resting_yaw(thing, stage.rng)))
            stage.add_thing(thing, where, Place(COUNTER))


def _standing(stage: Stage, noun: str) -> int | None:
    """A thing of that kind that stands on the counter."""
    for index, thing in enumerate(stage.things):
        if thing.noun == noun and stage.places[index].kind == COUNTER:
            return index
    return None


def _resting_yaw(thing: Thing, rng: np.random.Generator) -> float:
    if thing.grasp == "tool":
        return float(rng.uniform(-0.6, 0.6))
    if thing.noun == "cup":
        return float(rng.uniform(-np.pi, np.pi))
    if thing.noun in ("carrot", "sponge"):
        return float(rng.uniform(-1.3, 1.3))
    return float(rng.uniform(-0.35, 0.35))


def _give_to_hand(stage: Stage, thing: Thing) -> bool:
    free = [hand for hand in (0, 1) if stage.hands[hand].holds < 0]
    if not free:
        return False
    right_first = stage.rng.random() < (0.95 if thing.noun in ("knife", "spoon") else 0.8)
    hand = max(free) if right_first else min(free)
    tilt = about(0, -0.25) if thing.grasp == "tool" and thing.hollow == 0.0 else np.eye(3)
    where = pose(hold_spot(thing, hand, 0.0), about(2, SIGNS[hand] * 0.25) @ tilt)
    index = stage.add_thing(thing, where, Place(HELD, hand))
    state = stage.hands[hand]
    goal = stage.grasp_at(index, hand, where, 0.0)
    state.course.then(-1.0, still(goal))
    stage.shape_hand(hand, hand_shape(HOLDS[thing.grasp].shape, thing.girth), -1.0, -0.9)
    stage.take_hold(index, hand, -0.5)
    stage.carry(index, where, -0.4, -0.1, in_air=True)
    return True


def _start_inside(stage: Stage, thing: Thing, container: int) -> None:
    holder = stage.things[container]
    base = stage.courses[container].pose_at(0.0)
    centre = base.position[0].copy()
    if holder.noun == "board:chopping":
        centre[2] += holder.height
        stage.add_thing(thing, pose(centre, about(2, _resting_yaw(thing, stage.rng))), Place(COUNTER))
        return
    turn = about(2, _resting_yaw(thing, stage.rng))
    if thing.noun == "lid":
        centre[2] += holder.rim
    elif thing.grasp == "tool":
        turn = about(2, float(stage.rng.uniform(-0.4, 0.4))) @ about(0, -1.25 if holder.noun == "cup" else -0.45)
        shift = 0.0 if holder.noun == "cup" else 0.3 * holder.hollow
        centre = centre + np.array([0.0, shift, holder.floor + 0.008]) - turn @ np.array(thing.tip)
    else:
        free = max(holder.hollow - 0.8 * thing.footprint, 0.0)
        centre[:2] += stage.rng.uniform(-0.6, 0.6, 2) * free
        centre[2] += holder.floor
    index = stage.add_thing(thing, pose(centre, turn), Place(INSIDE, container))
    stage.stays.append(Stay(index, container, "", -1.0, FOREVER))


def _start_in_drawer(stage: Stage, thing: Thing) -> None:
    offset = pose(
        np.array(stage.fixtures["drawer"].mouth) + np.array([stage.rng.uniform(-0.08, 0.08), 0.0, 0.0]),
        about(2, stage.rng.uniform(-0.3, 0.3)),
    )
    index = stage.add_thing(thing, compose(stage.parts["drawer"].pose_at(0.0), offset), Place(BUILT_IN, -1, "drawer"))
    stage.courses[index].then(-0.9, carried(stage.parts["drawer"], offset))
    stage.stays.append(Stay(index, -1, "drawer", -1.0, FOREVER))

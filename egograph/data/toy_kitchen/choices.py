"""What could be done next on a stage."""

from collections.abc import Mapping

import numpy as np

from egograph.data.toy_kitchen.actions import CONTAINERS, FOOD, LIQUIDS, Pair
from egograph.data.toy_kitchen.counter import free_spot, is_free, neighbours
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.performing import Choice
from egograph.data.toy_kitchen.records import BUILT_IN, COUNTER, HELD, INSIDE
from egograph.data.toy_kitchen.stage import Stage

Wanted = Mapping[Pair, float]


def choices_now(stage: Stage, wanted: Wanted) -> list[Choice]:
    """Everything that could be done now and is wanted."""
    choices = [*_fixture_choices(stage)]
    for thing, place in enumerate(stage.places):
        if place.kind == HELD:
            choices += _held_choices(stage, thing, place.other)
        elif place.kind in (COUNTER, INSIDE, BUILT_IN):
            choices += _lying_choices(stage, thing)
    return [choice for choice in choices if choice.pair in wanted]


def _hand_for(stage: Stage, x: float) -> int | None:
    """A free hand for something at x metres: mostly the right one, or the nearer one."""
    free = [hand for hand in (0, 1) if stage.hands[hand].holds < 0]
    if not free:
        return None
    if len(free) == 1:
        return free[0]
    return int(stage.rng.random() < np.clip(0.85 + 0.9 * x, 0.05, 0.97))


def _fixture_choices(stage: Stage) -> list[Choice]:
    choices = []
    for noun, fixture in stage.fixtures.items():
        hand = _hand_for(stage, fixture.hinge.origin[0])
        if hand is None:
            continue
        verbs = ("turn-on", "turn-off") if noun in ("tap", "hob") else ("open", "close")
        choices.append(Choice((verbs[int(stage.levels[noun].last > 0.5)], noun), hand, fixture=noun))
    return choices


def _lying_choices(stage: Stage, thing: int) -> list[Choice]:
    what, place = stage.things[thing], stage.places[thing]
    where = stage.thing_pose(thing, stage.clock).position[0]
    hand = _hand_for(stage, float(where[0]))
    if hand is None or stage.inside(thing) or abs(where[0]) > 1.0:
        return []
    if place.kind == BUILT_IN:
        shown = place.where == "drawer" and stage.levels["drawer"].last > 0.5
        return [Choice(("remove", what.noun), hand, thing)] if shown else []
    if place.kind == INSIDE:
        return [Choice(("remove", what.noun), hand, thing)]
    if _bears(stage, thing):
        return []
    choices = [Choice(("take", what.noun), hand, thing)] if stage.contents.get(thing) is None else []
    if where[2] < 0.005:
        spot = _slide_to(stage, thing)
        if spot is not None:
            choices.append(Choice(("move", what.noun), hand, thing, spot=np.array([*spot, 0.0])))
    return choices


def _bears(stage: Stage, thing: int) -> bool:
    """Whether something lies on a board."""
    if stage.things[thing].noun != "board:chopping":
        return False
    middle = stage.thing_pose(thing, stage.clock).position[0]
    for other, place in enumerate(stage.places):
        if other != thing and place.kind == COUNTER:
            away = stage.thing_pose(other, stage.clock).position[0] - middle
            if np.hypot(*away[:2]) < 0.15 and away[2] > 0.005:
                return True
    return False


def _slide_to(stage: Stage, thing: int) -> Array | None:
    where = stage.thing_pose(thing, stage.clock).position[0, :2]
    what, others = stage.things[thing], neighbours(stage, but=thing)
    for _ in range(25):
        angle, length = stage.rng.uniform(0.0, 2.0 * np.pi), stage.rng.uniform(0.13, 0.26)
        spot = where + length * np.array([np.cos(angle), np.sin(angle)])
        path = [where + share * (spot - where) for share in (1.0, 0.35, 0.7)]
        if all(is_free(stage, what, step, others) for step in path):
            return spot
    return None


def _held_choices(stage: Stage, thing: int, hand: int) -> list[Choice]:
    what, noun = stage.things[thing], stage.things[thing].noun
    choices = []
    spot = free_spot(stage, what)
    if spot is not None:
        choices.append(Choice(("put", noun), hand, thing, spot=np.array([*spot, 0.0])))
    if noun in FOOD:
        choices += [Choice(("put", noun), hand, thing, spot=board) for board in _free_boards(stage)]
    choices += [Choice((verb, noun), hand, thing) for verb in ("shake", "squeeze")]
    if "tap" in stage.levels and stage.levels["tap"].last > 0.5:
        choices.append(Choice(("wash", noun), hand, thing))
    if "bin" in stage.levels and stage.levels["bin"].last > 0.5:
        choices.append(Choice(("throw", noun), hand, thing))
    choices += _insert_choices(stage, thing, hand)
    if noun == "knife":
        choices += _knife_choices(stage, thing, hand)
    if noun in LIQUIDS:
        for container in _open_containers(stage):
            full = stage.contents.get(container)
            if not stage.inside(container) and (full is None or full.level.last < 0.6):
                choices.append(Choice(("pour", LIQUIDS[noun]), hand, thing, container))
    if noun == "spoon":
        for container in _open_containers(stage):
            if not stage.inside(container) and (container in stage.contents or stage.rng.random() < 0.15):
                choices.append(Choice(("mix", stage.things[container].noun), hand, thing, container))
    return choices


def _free_boards(stage: Stage) -> list[Array]:
    """The middles `[3]` of the chopping boards that lie on the counter with nothing on them."""
    middles = []
    for index, place in enumerate(stage.places):
        if stage.things[index].noun == "board:chopping" and place.kind == COUNTER and not _bears(stage, index):
            top = np.array([0.0, 0.0, stage.things[index].height])
            middles.append(stage.thing_pose(index, stage.clock).position[0] + top)
    return middles


def _open_containers(stage: Stage) -> list[int]:
    """Bowls, pans and cups that stand on the counter without a lid."""
    found = []
    for index, place in enumerate(stage.places):
        if stage.things[index].noun in CONTAINERS and place.kind == COUNTER:
            if abs(stage.thing_pose(index, stage.clock).position[0, 0]) > 1.0:
                continue
            if not any(stage.things[other].noun == "lid" for other in stage.inside(index)):
                found.append(index)
    return found


def _insert_choices(stage: Stage, thing: int, hand: int) -> list[Choice]:
    noun = stage.things[thing].noun
    choices = []
    for container in _open_containers(stage):
        holder = stage.things[container].noun
        empty = not stage.inside(container)
        if (
            (noun == "lid" and holder == "pan" and empty)
            or (noun in ("spoon", "knife") and holder == "cup" and empty)
            or (noun in FOOD and holder in ("bowl", "pan") and len(stage.inside(container)) < 2)
        ):
            choices.append(Choice(("insert", noun), hand, thing, container))
    if noun in ("spoon", "knife") and "drawer" in stage.levels and stage.levels["drawer"].last > 0.5:
        choices.append(Choice(("insert", noun), hand, thing, fixture="drawer"))
    if noun == "cup" and stage.sink is not None:
        choices.append(Choice(("insert", noun), hand, thing, fixture="sink"))
    return choices


def _knife_choices(stage: Stage, knife: int, hand: int) -> list[Choice]:
    choices = []
    other = stage.hands[1 - hand].holds
    for food, place in enumerate(stage.places):
        noun = stage.things[food].noun
        if noun not in FOOD:
            continue
        if food == other:
            choices.append(Choice(("peel", noun), hand, knife, food))
        on_board = place.kind == COUNTER and stage.thing_pose(food, stage.clock).position[0, 2] > 0.005
        if on_board and other < 0:
            choices.append(Choice(("cut", noun), hand, knife, food))
    return choices

"""Choosing what happens: one coherent sequence of actions after another, rare pairs first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from egograph.data.toy_kitchen.actions import CONTAINERS, FOOD, HELD_OUT, LIQUIDS, PAIRS, TRAIN_PAIRS, VESSELS, Pair
from egograph.data.toy_kitchen.hands import RIGHT
from egograph.data.toy_kitchen.layout import free_spot, is_free, set_stage
from egograph.data.toy_kitchen.looks import Look, Paints
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.performing import Choice, perform
from egograph.data.toy_kitchen.records import BUILT_IN, COUNTER, HELD, INSIDE
from egograph.data.toy_kitchen.stage import Stage
from egograph.errors import EgographError

# A longer video has no fewer actions: now and then nothing more can be done soon, and another script is tried.
FEWEST_ACTIONS = 3
# Seconds of an action that a video must show for a label.
SEEN_ENOUGH = 1.0
# How much more the right hand likes to act than the left.
RIGHT_HANDED = 4.0

Wanted = Mapping[Pair, float]
REVERSE = {
    "take": "put",
    "put": "take",
    "open": "close",
    "close": "open",
    "turn-on": "turn-off",
    "turn-off": "turn-on",
    "remove": "insert",
    "insert": "remove",
}


def wanted_pairs(done: Counter[Pair], held_out: bool) -> dict[Pair, float]:
    """How much each pair is wanted, given how often each was done: rare verbs first, then their rare nouns."""
    pairs = PAIRS if held_out else TRAIN_PAIRS
    verbs: Counter[str] = Counter()
    for verb, _ in pairs:
        verbs[verb] += 0
    for pair, count in done.items():
        verbs[pair[0]] += count
    least = min(verbs.values())
    wanted = {}
    for pair in pairs:
        alike = [done[other] for other in pairs if other[0] == pair[0]]
        share = ((least + 2.0) / (verbs[pair[0]] + 2.0)) ** 3 * ((min(alike) + 1.0) / (done[pair] + 1.0)) ** 2
        wanted[pair] = share * (6.0 if pair in HELD_OUT else 1.0)
    return wanted


def play(seconds: float, look: Look, paints: Paints, wanted: Wanted, held_out: bool, seed: list[int]) -> Stage:
    """A stage on which actions follow one another for `seconds`; with `held_out`, at least one of those pairs.

    Raises:
        EgographError: the time is too short for what is sought.
    """
    fewest = min(FEWEST_ACTIONS, int(seconds / 4.0))
    for attempt in range(40):
        stage = _play_once(seconds, look, paints, wanted, held_out, np.random.default_rng([*seed, 77, attempt]))
        done = {(deed.verb, deed.noun) for deed in stage.deeds}
        if len(stage.deeds) >= fewest and (not held_out or done & HELD_OUT):
            return stage
    raise EgographError(f"toy kitchen: {seconds} s is too short for an action that is sought; give 8 or more")


def _play_once(
    seconds: float, look: Look, paints: Paints, wanted: Wanted, held_out: bool, rng: np.random.Generator
) -> Stage:
    goals = _draw_goals(wanted, held_out, rng)
    stage = set_stage(goals, look, paints, rng)
    stage.clock = float(rng.uniform(0.0, 0.25))
    recent: list[Choice] = []
    while stage.clock < seconds - 2.2:
        choices = _choices(stage, wanted)
        if not choices:
            break
        weights = np.array([_weight(choice, goals, wanted, recent) for choice in choices])
        choice = choices[rng.choice(len(choices), p=weights / weights.sum())]
        perform(stage, choice)
        if choice.pair in goals:
            goals.remove(choice.pair)
        recent.append(choice)
        stage.clock += float(rng.uniform(0.0, 0.12))
    for hand in (0, 1):
        stage.settle(hand, stage.clock)
    _end_labels(stage, seconds - 0.1)
    stage.finish(max(seconds, stage.clock) + 1.0)
    return stage


def _end_labels(stage: Stage, end: float) -> None:
    """What the video's end cuts off is labelled up to there, if enough of it is seen."""
    last = stage.deeds[-1] if stage.deeds else None
    if last is not None and last.stop > end:
        stage.deeds[-1:] = [replace(last, stop=end)] if end - last.start >= SEEN_ENOUGH else []


def _draw_goals(wanted: Wanted, held_out: bool, rng: np.random.Generator) -> list[Pair]:
    pairs = [pair for pair in wanted if not held_out or pair in HELD_OUT]
    weights = np.array([wanted[pair] for pair in pairs])
    first = pairs[rng.choice(len(pairs), p=weights / weights.sum())]
    goals = [first]
    rest = [pair for pair in wanted if pair[0] != first[0]]
    weights = np.array([wanted[pair] for pair in rest])
    while len(goals) < 4:
        pair = rest[rng.choice(len(rest), p=weights / weights.sum())]
        if all(pair[0] != goal[0] and not _clash(pair, goal) for goal in goals):
            goals.append(pair)
    return goals


def _clash(one: Pair, other: Pair) -> bool:
    """Two goals that ask one fixture to start both ways."""
    return one[1] == other[1] and REVERSE.get(one[0]) == other[0]


def _weight(choice: Choice, goals: list[Pair], wanted: Wanted, recent: list[Choice]) -> float:
    weight = wanted[choice.pair] * (RIGHT_HANDED if choice.hand == RIGHT else 1.0)
    if choice.pair in goals:
        weight *= 14.0
    weight += 1.2 * sum(wanted[goal] for goal in goals if _enables(choice.pair, goal))
    last = recent[-1] if recent else None
    if last is not None and REVERSE.get(choice.pair[0]) == last.pair[0] and choice.pair[1] == last.pair[1]:
        weight *= 0.25
    if any(choice.pair == done.pair for done in recent[-3:]):
        weight *= 0.3
    return weight


def _enables(pair: Pair, goal: Pair) -> bool:
    """Whether an action brings a goal nearer."""
    verb, noun = pair
    if verb in ("take", "remove"):
        tool = {"cut": "knife", "peel": "knife", "mix": "spoon", "pour": VESSELS.get(goal[1], "")}.get(goal[0])
        return noun == (tool or goal[1]) or (goal[0] == "peel" and noun == goal[1])
    if verb in ("open", "turn-on"):
        return (noun, goal[0]) in (("tap", "wash"), ("bin", "throw"), ("drawer", "insert"))
    return False


def _choices(stage: Stage, wanted: Wanted) -> list[Choice]:
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
    what = stage.things[thing]
    for _ in range(25):
        angle, length = stage.rng.uniform(0.0, 2.0 * np.pi), stage.rng.uniform(0.13, 0.26)
        spot = where + length * np.array([np.cos(angle), np.sin(angle)])
        path = [where + share * (spot - where) for share in (1.0, 0.35, 0.7)]
        if all(is_free(stage, what, step, but=thing) for step in path):
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

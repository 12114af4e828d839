"""Choosing what happens: one coherent sequence of actions after another, rare pairs first."""

from collections import Counter
from dataclasses import replace

import numpy as np

from egograph.data.toy_kitchen.actions import HELD_OUT, PAIRS, TRAIN_PAIRS, VESSELS, Pair
from egograph.data.toy_kitchen.choices import Wanted, choices_now
from egograph.data.toy_kitchen.hands import RIGHT
from egograph.data.toy_kitchen.layout import set_stage
from egograph.data.toy_kitchen.looks import Look, Paints
from egograph.data.toy_kitchen.performing import Choice, perform
from egograph.data.toy_kitchen.stage import Stage
from egograph.errors import EgographError

# A longer video has no fewer actions: now and then nothing more can be done soon, and another script is tried.
FEWEST_ACTIONS = 3
# Seconds of an action that a video must show for a label.
SEEN_ENOUGH = 1.0
# How much more the right hand likes to act than the left.
RIGHT_HANDED = 4.0

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
        choices = choices_now(stage, wanted)
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

"""How each verb is done: the motions of hands and things, and the stretch of time that carries the label."""

from collections.abc import Callable

from egograph.data.toy_kitchen.performing.carrying import insert, move, put, take, throw
from egograph.data.toy_kitchen.performing.choice import Choice
from egograph.data.toy_kitchen.performing.fixtures import work_fixture
from egograph.data.toy_kitchen.performing.in_hand import shake, squeeze, wash
from egograph.data.toy_kitchen.performing.tools import cut, mix, peel, pour
from egograph.data.toy_kitchen.stage import Stage

VERBS: dict[str, Callable[[Stage, Choice], None]] = {
    "take": take,
    "remove": take,
    "put": put,
    "insert": insert,
    "move": move,
    "throw": throw,
    "open": work_fixture,
    "close": work_fixture,
    "turn-on": work_fixture,
    "turn-off": work_fixture,
    "wash": wash,
    "shake": shake,
    "squeeze": squeeze,
    "cut": cut,
    "peel": peel,
    "pour": pour,
    "mix": mix,
}


def perform(stage: Stage, choice: Choice) -> None:
    """Does what was chosen, from the stage's clock on, and moves the clock to its end."""
    VERBS[choice.pair[0]](stage, choice)


__all__ = ["VERBS", "Choice", "perform"]

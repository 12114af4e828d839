"""What is done next, and what all actions begin with."""

from dataclasses import dataclass

import numpy as np

from egograph.data.toy_kitchen.actions import Pair
from egograph.data.toy_kitchen.hands import HANDS
from egograph.data.toy_kitchen.motion import Array, Poses
from egograph.data.toy_kitchen.stage import Stage

UP = np.array([0.0, 0.0, 1.0])
# Until the end of the video.
FOREVER = 1e9
# Seconds from the end of a motion until its label ends, where what has come of it belongs to the action: of all that
# takes a thing up, puts it somewhere, or works a fixture.
AFTER = 0.45
# Seconds from taking or letting go until the hand has drawn back and something else may begin.
WITHDRAWN = 0.35


@dataclass(frozen=True)
class Choice:
    """What is done next.

    Attributes:
        pair: verb and noun.
        hand: the hand that does it.
        thing: the thing that is held or taken, -1 where a fixture is worked.
        target: the other thing that takes part (a container, the food that is cut), or -1.
        fixture: the fixture that is worked or filled ("sink" too), or "".
        spot: `[3]`, where on the counter or on a board, or None.
    """

    pair: Pair
    hand: int
    thing: int = -1
    target: int = -1
    fixture: str = ""
    spot: Array | None = None


def begin(stage: Stage, hands: tuple[int, ...], point: Array) -> tuple[float, float]:
    """Turns to a place while the other hands settle; gives now and when the hand can be there."""
    start = stage.clock
    far = abs(float(point[0]) - stage.focus[0].last)
    stage.look_at(point, start)
    for hand in HANDS:
        if hand not in hands:
            stage.settle(hand, start)
    return start, start + float(stage.rng.uniform(0.48, 0.70)) + 0.3 * min(max(far - 0.3, 0.0), 0.6)


def lasting(stage: Stage, low: float, high: float) -> float:
    """How long something lasts, seconds."""
    return float(stage.rng.uniform(low, high))


def above(where: Poses, height: float) -> Poses:
    """A pose `height` metres higher."""
    return Poses(where.position + height * UP, where.turn)

"""Free places on the counter."""

from dataclasses import dataclass

import numpy as np

from egograph.data.toy_kitchen.fixtures import Fixture
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.records import COUNTER
from egograph.data.toy_kitchen.stage import Stage
from egograph.data.toy_kitchen.things import Thing


def free_spot(stage: Stage, thing: Thing) -> Array | None:
    """A place `[2]` on the counter where a thing fits, or None."""
    others = neighbours(stage)
    for _ in range(60):
        spot = stage.rng.uniform((-0.31, 0.07), (0.31, 0.40))
        if is_free(stage, thing, spot, others):
            return np.asarray(spot)
    return None


@dataclass(frozen=True)
class Neighbours:
    """What stands on the counter: places `[n, 2]`, and how much room each takes `[n]`, metres."""

    place: Array
    footprint: Array


def neighbours(stage: Stage, but: int = -1) -> Neighbours:
    """All that stands on the counter now; not thing number `but`."""
    there = [index for index, place in enumerate(stage.places) if index != but and place.kind == COUNTER]
    places = [stage.thing_pose(index, stage.clock).position[0, :2] for index in there]
    footprints = [stage.things[index].footprint for index in there]
    return Neighbours(np.reshape(places, (-1, 2)), np.array(footprints))


def is_free(stage: Stage, thing: Thing, spot: Array, others: Neighbours) -> bool:
    """Whether a thing fits at a place, among others."""
    x, y = float(spot[0]), float(spot[1])
    need = thing.footprint
    if not (-0.40 < x < 0.40 and need * 0.6 + 0.02 < y < 0.43 - 0.3 * need):
        return False
    if thing.height > 0.14 and "cupboard" in stage.fixtures and y > 0.34:
        return False
    if stage.sink is not None and abs(x - stage.sink.x) < 0.17 + need:
        return False
    for noun, width in (("hob", 0.19), ("bin", 0.11), ("fridge", 0.21)):
        if noun in stage.fixtures:
            middle = _middle(stage.fixtures[noun])
            deep = y > 0.36 - need if noun == "fridge" else (y < 0.36 if noun == "bin" else True)
            if abs(x - middle) < width + need and deep:
                return False
    away = np.hypot(others.place[:, 0] - x, others.place[:, 1] - y)
    return not bool((away < 0.85 * (need + others.footprint)).any())


def _middle(fixture: Fixture) -> float:
    if fixture.noun == "fridge":
        assert fixture.base is not None
        return float(fixture.base.points[:, 0].mean())
    return fixture.hinge.origin[0]

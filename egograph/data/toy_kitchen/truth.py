"""What is so in a video, known exactly: where everything is, who touches what, what is done."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.hands import FINGERTIPS, HANDS
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.timeline import Timeline


@dataclass(frozen=True)
class Entity:
    """A movable thing or a fixture: its EPIC class name, whether it can be taken, its size in metres.

    Attributes:
        noun: EPIC class name.
        movable: true for things, false for fixtures.
        footprint: radius on the counter, 0 for fixtures.
        height: 0 for fixtures.
        hollow: radius of what it can hold, 0 for what holds nothing.
        rim: height of its rim.
    """

    noun: str
    movable: bool
    footprint: float = 0.0
    height: float = 0.0
    hollow: float = 0.0
    rim: float = 0.0


@dataclass(frozen=True)
class TrueAction:
    """A labelled action with who does what to what; entities are places in `Truth.entities`, -1 where there is none."""

    verb: str
    noun: str
    start: float
    stop: float
    hands: tuple[int, ...]
    entity: int
    target: int
    others: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """What is so in a video, at `T` frames, for `K` entities.

    Attributes:
        times: `[T]`, seconds.
        entities: the things, then the fixtures.
        actions: labelled actions, by time.
        position: `[T, K, 3]`, metres: each thing's base; a fixture's moving part.
        tip: `[T, K, 3]`, metres: the working end of a tool or vessel; else as `position`.
        level: `[T, K]`, how far a fixture is open or on, 0..1; 0 for things.
        contact: int64 `[T, 2]`, the entity that the left and right hand touch, or -1.
        fingers: `[T, 2, 5, 3]`, metres: both hands' fingertips.
    """

    times: Array
    entities: tuple[Entity, ...]
    actions: tuple[TrueAction, ...]
    position: Array
    tip: Array
    level: Array
    contact: NDArray[np.int64]
    fingers: Array

    def every(self, step: int) -> "Truth":
        """The truth at every `step`-th frame."""
        by_frame = ("times", "position", "tip", "level", "contact", "fingers")
        return replace(self, **{name: getattr(self, name)[::step] for name in by_frame})


def truth_of(timeline: Timeline) -> Truth:
    """The truth about a stage that was sampled."""
    times, stage = timeline.times, timeline.stage
    things = [
        Entity(thing.noun, True, thing.footprint, thing.height, thing.hollow, thing.rim) for thing in stage.things
    ]
    entities = (*things, *(Entity(noun, False) for noun in stage.fixtures))
    still = [np.zeros(len(times))] * len(things)
    contact = np.full((len(times), 2), -1, dtype=np.int64)
    for touch in stage.touches:
        contact[(times >= touch.start) & (times < touch.stop), touch.hand] = touch.entity
    actions = []
    for deed in sorted(stage.deeds, key=lambda one: one.start):
        entity = deed.thing if deed.thing >= 0 else deed.target
        actions.append(
            TrueAction(deed.verb, deed.noun, deed.start, deed.stop, deed.hands, entity, deed.target, deed.others)
        )
    return Truth(
        times=times,
        entities=entities,
        actions=tuple(actions),
        position=timeline.position[:, : len(entities)],
        tip=timeline.points_on([thing.tip for thing in stage.things] + [(0.0, 0.0, 0.0)] * len(stage.fixtures)),
        level=np.stack([*still, *timeline.levels.values()], axis=1),
        contact=contact,
        fingers=np.stack([timeline.joints[hand][:, FINGERTIPS] for hand in HANDS], axis=1),
    )

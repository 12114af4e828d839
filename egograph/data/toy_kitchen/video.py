"""One video of the toy kitchen: what happens in it, its frames, and the truth about them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.classes import EPIC_NOUN_IDS, EPIC_VERB_IDS
from egograph.data.epic import Segment
from egograph.data.toy_kitchen.actions import Pair, spoken
from egograph.data.toy_kitchen.annotate import Annotation, annotate
from egograph.data.toy_kitchen.camera import HeadMotion, Lens
from egograph.data.toy_kitchen.looks import Paints, draw_look
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.render import FIRST_ENTITY, Renderer, View
from egograph.data.toy_kitchen.script import play, wanted_pairs
from egograph.data.toy_kitchen.splits import CameraRange, Split, find_split
from egograph.data.toy_kitchen.stage import HANDS, Stage
from egograph.errors import EgographError

ANNOTATIONS_A_SECOND = 4


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
        level: `[T, K]`, how far a fixture is open or on, 0..1; 0 for things.
        contact: int64 `[T, 2]`, the entity that the left and right hand touch, or -1.
        fingers: `[T, 2, 5, 3]`, metres: both hands' fingertips.
        rest: metres, height of the counter.
    """

    times: Array
    entities: tuple[Entity, ...]
    actions: tuple[TrueAction, ...]
    position: Array
    level: Array
    contact: NDArray[np.int64]
    fingers: Array


@dataclass(frozen=True)
class Frame:
    """One rendered frame: its number, its time in seconds, uint8 `[H, W, 3]` RGB, and, 4 times a second, annotations."""

    index: int
    time: float
    image: NDArray[np.uint8]
    annotations: tuple[Annotation, ...] | None


class ToyVideo:
    """A video that can be rendered any number of times, always to the same pixels."""

    def __init__(self, name: str, fps: int, size: tuple[int, int], seconds: float, stage: Stage, renderer: Renderer) -> None:
        self.name, self.fps, self.size, self.seconds = name, fps, size, seconds
        self._stage, self._renderer = stage, renderer
        self.truth = _truth(stage, renderer)

    @property
    def participant(self) -> str:
        """Who wears the camera: every video has its own."""
        return self.name.split("_")[0]

    def segments(self) -> list[Segment]:
        """The labelled actions."""
        return [
            Segment(
                f"{self.name}_{index}",
                self.participant,
                self.name,
                round(action.start, 3),
                round(action.stop, 3),
                EPIC_VERB_IDS[action.verb],
                EPIC_NOUN_IDS[action.noun],
                f"{spoken(action.verb)} {spoken(action.noun)}",
            )
            for index, action in enumerate(self.truth.actions)
        ]

    def frames(self) -> Iterator[Frame]:
        """Renders every frame."""
        truth, renderer = self.truth, self._renderer
        step = self.fps // ANNOTATIONS_A_SECOND
        chosen = np.arange(len(truth.times)) % step == 0
        nouns = {FIRST_ENTITY + place: entity.noun for place, entity in enumerate(truth.entities)}
        nouns |= {renderer.first_liquid + place: liquid for place, liquid in enumerate(renderer.liquids)}
        for index, (image, bodies) in enumerate(renderer.frames(chosen)):
            found = None
            if bodies is not None:
                touched = [FIRST_ENTITY + int(entity) if entity >= 0 else 0 for entity in truth.contact[index]]
                found = annotate(bodies, nouns, (touched[0], touched[1]), f"{self.name}_{index}")
            yield Frame(index, float(truth.times[index]), image, found)


def render_video(
    seed: int,
    split: str = "train",
    fps: int = 16,
    size: tuple[int, int] = (256, 192),
    seconds: float = 14.0,
    wanted: Mapping[Pair, float] | None = None,
    name: str | None = None,
) -> ToyVideo:
    """A video of a split; its truth is there at once, its frames are rendered as they are asked for.

    Args:
        seed: which of the split's videos.
        split: a key of SPLITS.
        fps: frames a second, a multiple of 8.
        size: width and height in pixels, both even.
        seconds: its length.
        wanted: how much each verb–noun pair is wanted; without it all alike.
        name: its name; without it one made from split and seed.

    Raises:
        EgographError: there is no such split, or fps or size cannot be had.
    """
    chosen = find_split(split)
    if fps % 8 or fps <= 0:
        raise EgographError(f"toy kitchen: {fps} frames a second; give a multiple of 8")
    if size[0] % 2 or size[1] % 2 or min(size) < 64:
        raise EgographError(f"toy kitchen: {size[0]}x{size[1]} pixels; give even sides of 64 and more")
    pairs = wanted_pairs(Counter(), chosen.held_out) if wanted is None else wanted
    root = np.random.SeedSequence([chosen.number, seed])
    look_rng, view_rng, render_rng = (np.random.default_rng(child) for child in root.spawn(3))
    look, view = draw_look(chosen.look, look_rng), draw_view(chosen.camera, view_rng)
    stage = play(seconds, look, Paints(chosen.look.hues, look_rng), pairs, chosen.held_out, [chosen.number, seed])
    renderer = Renderer(stage, look, view, size, fps, seconds, render_rng)
    return ToyVideo(name or video_name(chosen, seed), fps, size, seconds, stage, renderer)


def plan_deeds(seed: int, split: Split, seconds: float, wanted: Mapping[Pair, float]) -> list[Pair]:
    """The verb–noun pairs that `render_video` would show, without rendering."""
    look_rng = np.random.default_rng(np.random.SeedSequence([split.number, seed]).spawn(3)[0])
    look = draw_look(split.look, look_rng)
    stage = play(seconds, look, Paints(split.look.hues, look_rng), wanted, split.held_out, [split.number, seed])
    return [(deed.verb, deed.noun) for deed in stage.deeds]


def video_name(split: Split, seed: int) -> str:
    """The EPIC-like name of a video: a participant of its own, and its first recording."""
    return f"T{split.number}{seed:04d}_01"


def draw_view(choice: CameraRange, rng: np.random.Generator) -> View:
    """One video's camera from a split's range."""

    def draw(bounds: tuple[float, float]) -> float:
        return float(rng.uniform(*bounds))

    lens = Lens(float(rng.choice(choice.bend)))
    motion = HeadMotion(
        height=draw(choice.height),
        back=draw(choice.back),
        look_ahead=0.22,
        sway=draw(choice.sway),
        wander=draw(choice.wander),
        roll=draw(choice.roll),
        speed=draw(choice.speed),
        follow=draw(choice.follow),
        bob=draw(choice.bob),
    )
    return View(lens, draw(choice.view), motion)


def _truth(stage: Stage, renderer: Renderer) -> Truth:
    times = renderer.times
    things = [
        Entity(thing.noun, True, thing.footprint, thing.height, thing.hollow, thing.rim) for thing in stage.things
    ]
    entities = (*things, *(Entity(noun, False) for noun in stage.fixtures))
    courses = [*stage.courses, *stage.parts.values()]
    still = [np.zeros(len(times))] * len(things)
    contact = np.full((len(times), 2), -1, dtype=np.int64)
    for touch in stage.touches:
        contact[(times >= touch.start) & (times < touch.stop), touch.hand] = touch.entity
    actions = []
    for deed in sorted(stage.deeds, key=lambda one: one.start):
        entity = deed.thing if deed.thing >= 0 else deed.target
        actions.append(TrueAction(deed.verb, deed.noun, deed.start, deed.stop, deed.hands, entity, deed.target, deed.others))
    return Truth(
        times=times,
        entities=entities,
        actions=tuple(actions),
        position=np.stack([course.at(times).position for course in courses], axis=1),
        level=np.stack([*still, *(level.at(times) for level in stage.levels.values())], axis=1),
        contact=contact,
        fingers=np.stack([renderer.joints[hand][:, [4, 8, 12, 16, 20]] for hand in HANDS], axis=1),
    )

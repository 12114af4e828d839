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
from egograph.data.toy_kitchen.liquids import LIQUID_NAMES
from egograph.data.toy_kitchen.looks import Paints, draw_look
from egograph.data.toy_kitchen.render import Renderer
from egograph.data.toy_kitchen.script import play, wanted_pairs
from egograph.data.toy_kitchen.splits import CameraRange, Split, find_split
from egograph.data.toy_kitchen.timeline import FIRST_ENTITY, View
from egograph.data.toy_kitchen.truth import truth_of
from egograph.errors import EgographError


@dataclass(frozen=True)
class Frame:
    """One rendered frame: number, time in seconds, uint8 `[H, W, 3]` RGB, and annotations if it is chosen for them."""

    index: int
    time: float
    image: NDArray[np.uint8]
    annotations: tuple[Annotation, ...] | None


class ToyVideo:
    """A video that can be rendered any number of times, always to the same pixels."""

    def __init__(
        self, name: str, fps: int, size: tuple[int, int], seconds: float, annotated: int, renderer: Renderer
    ) -> None:
        self.name, self.fps, self.size, self.seconds = name, fps, size, seconds
        self._annotated = annotated
        self._renderer = renderer
        self.truth = truth_of(renderer.timeline).every(renderer.every)

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
        step = max(1, self.fps // self._annotated)
        chosen = np.arange(len(truth.times)) % step == 0
        nouns = {FIRST_ENTITY + place: entity.noun for place, entity in enumerate(truth.entities)}
        nouns |= {renderer.timeline.first_liquid + place: liquid for place, liquid in enumerate(LIQUID_NAMES)}
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
        fps: frames a second, 1, 2, 4 or a multiple of 8.
        size: width and height in pixels, both even.
        seconds: its length.
        wanted: how much each verb–noun pair is wanted; without it all alike.
        name: its name; without it one made from split and seed.

    Raises:
        EgographError: there is no such split, fps or size cannot be had, or the time is too short.
    """
    chosen = find_split(split)
    if fps not in (1, 2, 4) and (fps % 8 or fps <= 0):
        raise EgographError(f"toy kitchen: {fps} frames a second; give 1, 2, 4 or a multiple of 8")
    if size[0] % 2 or size[1] % 2 or min(size) < 64:
        raise EgographError(f"toy kitchen: {size[0]}x{size[1]} pixels; give even sides of 64 and more")
    pairs = wanted_pairs(Counter(), chosen.held_out) if wanted is None else wanted
    root = np.random.SeedSequence([chosen.number, seed])
    look_seed, view_seed, render_seed = root.spawn(3)
    look_rng, view_rng = np.random.default_rng(look_seed), np.random.default_rng(view_seed)
    look, view = draw_look(chosen.look, look_rng), draw_view(chosen.camera, view_rng)
    stage = play(seconds, look, Paints(chosen.look.hues, look_rng), pairs, chosen.held_out, [chosen.number, seed])
    renderer = Renderer(stage, look, view, size, fps, seconds, render_seed)
    return ToyVideo(name or video_name(chosen, seed), fps, size, seconds, chosen.annotated, renderer)


def plan_pairs(seed: int, split: Split, seconds: float, wanted: Mapping[Pair, float]) -> list[Pair]:
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
        look_past=draw(choice.look_past),
        sway=draw(choice.sway),
        wander=draw(choice.wander),
        roll=draw(choice.roll),
        speed=draw(choice.speed),
        follow=draw(choice.follow),
        bob=draw(choice.bob),
    )
    return View(lens, draw(choice.view), motion)

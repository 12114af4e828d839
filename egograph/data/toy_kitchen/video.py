"""One video of the toy kitchen: what happens in it, its frames, and the truth about them."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from egograph.data.toy_kitchen.actions import Pair
from egograph.data.toy_kitchen.camera import HeadMotion, Lens
from egograph.data.toy_kitchen.looks import Paints, draw_look
from egograph.data.toy_kitchen.render import Renderer, View
from egograph.data.toy_kitchen.script import play, wanted_pairs
from egograph.data.toy_kitchen.splits import CameraRange, Split
from egograph.data.toy_kitchen.stage import Stage


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


def prepare(split: Split, seed: int, fps: int, size: tuple[int, int], seconds: float, wanted: Mapping[Pair, float] | None = None) -> tuple[Stage, Renderer]:
    root = np.random.SeedSequence([split.number, seed])
    look_rng, view_rng, render_rng = (np.random.default_rng(child) for child in root.spawn(3))
    look = draw_look(split.look, look_rng)
    view = draw_view(split.camera, view_rng)
    stage = play(seconds, look, Paints(split.look.hues, look_rng), wanted or wanted_pairs(Counter(), split.held_out), split.held_out, seed)
    return stage, Renderer(stage, look, view, size, fps, seconds, render_rng)

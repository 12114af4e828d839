"""The movable things: their shapes, where a hand holds them, and what they hold."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from egograph.data.toy_kitchen.looks import Paints
from egograph.data.toy_kitchen.motion import about
from egograph.data.toy_kitchen.paint import Colour, mix
from egograph.data.toy_kitchen.solids import Solid, Workshop

Point = tuple[float, float, float]


@dataclass(frozen=True)
class Thing:
    """One movable thing, in its own axes: z up, base at z = 0, long things point along +y. Metres.

    Attributes:
        noun: EPIC class name.
        solid: its shape.
        footprint: radius of the circle that it needs on the counter.
        height: how high it stands.
        grasp: how a hand holds it: "top", "side", "rim", "tool" (by a handle along y) or "bar" (by a handle above).
        grip: where.
        girth: half the thickness that the hand closes around.
        tip: the working end: a spoon's bowl, a knife's edge, a spout.
        hollow: radius inside, 0 where nothing can be put in.
        floor: height of the hollow's floor.
        rim: height of the hollow's rim.
        flat: whether things seen beside it cannot be hidden by it.
        peeled: colour under the skin, of food.
        juice: colour of what drips from it.
    """

    noun: str
    solid: Solid
    footprint: float
    height: float
    grasp: str
    grip: Point
    girth: float
    tip: Point = (0.0, 0.0, 0.0)
    hollow: float = 0.0
    floor: float = 0.0
    rim: float = 0.0
    flat: bool = False
    peeled: Colour = (255.0, 240.0, 200.0)
    juice: Colour = (214.0, 228.0, 238.0)


def make_thing(noun: str, paints: Paints, rng: np.random.Generator) -> Thing:
    """One thing of a kind, its size, colours and finish drawn at random."""
    return MAKERS[noun](float(rng.uniform(0.9, 1.12)), paints, rng)


def _plate(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    radius = 0.112 * size
    colour = paints.any("pale", "pale", "bright", "dark")
    rim = paints.any("bright", "dark") if rng.random() < 0.4 else colour
    shop = Workshop()
    shop.turn(
        [(0.055 * size, 0.0), (0.09 * size, 0.006), (radius, 0.02)],
        [colour, colour, rim],
        hollow=[(0.93 * radius, 0.0185), (0.68 * radius, 0.008), (0.64 * radius, 0.007)],
        inside=colour,
    )
    return Thing("plate", shop.finish(), radius, 0.02, "rim", (radius - 0.015, 0.0, 0.018), 0.006, flat=True)


def _bowl(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("pale", "bright", "metal")
    inside = paints.any("pale", "bright") if rng.random() < 0.4 else colour
    deep = size * float(rng.uniform(0.85, 1.15))
    shop = Workshop()
    shop.turn(
        [(0.036 * size, 0.0), (0.062 * size, 0.022 * deep), (0.078 * size, 0.062 * deep)],
        [colour],
        hollow=[(0.073 * size, 0.060 * deep), (0.058 * size, 0.024 * deep), (0.034 * size, 0.008)],
        inside=inside,
        gloss=0.12,
    )
    return Thing(
        "bowl",
        shop.finish(),
        0.078 * size,
        0.062 * deep,
        "rim",
        (0.076 * size, 0.0, 0.055 * deep),
        0.006,
        hollow=0.062 * size,
        floor=0.008,
        rim=0.062 * deep,
    )


def _cup(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("pale", "bright", "dark")
    band = paints.bright() if rng.random() < 0.4 else colour
    tall = 0.092 * size * float(rng.uniform(0.9, 1.15))
    shop = Workshop()
    shop.rod(
        [
            (0.0, 0.036 * size, 0.8 * tall),
            (0.0, 0.066, 0.76 * tall),
            (0.0, 0.067, 0.38 * tall),
            (0.0, 0.036 * size, 0.26 * tall),
        ],
        0.0062,
        colour,
    )
    shop.turn(
        [(0.030 * size, 0.0), (0.040 * size, 0.25 * tall), (0.041 * size, 0.6 * tall), (0.042 * size, tall)],
        [colour, band, colour],
        hollow=[(0.038 * size, 0.98 * tall), (0.036 * size, 0.35 * tall), (0.028 * size, 0.008)],
        inside=mix(colour, (255.0, 255.0, 255.0), 0.3),
        gloss=0.12,
    )
    return Thing(
        "cup",
        shop.finish(),
        0.055 * size,
        tall,
        "side",
        (0.0, 0.0, 0.55 * tall),
        0.041 * size,
        hollow=0.034 * size,
        floor=0.008,
        rim=tall,
    )


def _pan(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("dark", "metal", "bright")
    inside = mix(paints.dark(), colour, 0.3) if rng.random() < 0.7 else paints.metal()
    deep = float(rng.uniform(0.04, 0.062))
    radius = 0.108 * size
    handle = paints.any("dark", "dark", "wood", "metal")
    shop = Workshop()
    shop.rod(
        [(0.0, -0.9 * radius, deep - 0.006), (0.0, -radius - 0.04, deep), (0.0, -radius - 0.165, deep + 0.012)],
        (0.008, 0.010, 0.012),
        handle,
    )
    shop.turn(
        [(0.84 * radius, 0.0), (radius, deep)],
        [colour],
        hollow=[(0.95 * radius, deep - 0.002), (0.82 * radius, 0.006)],
        inside=inside,
        gloss=0.1,
    )
    return Thing(
        "pan",
        shop.finish(),
        radius,
        deep,
        "tool",
        (0.0, -radius - 0.10, deep + 0.006),
        0.011,
        hollow=0.80 * radius,
        floor=0.006,
        rim=deep,
    )


def _lid(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("metal", "metal", "bright", "dark")
    knob = paints.any("dark", "metal", "wood")
    radius = 0.104 * size
    shop = Workshop()
    shop.turn(
        [(radius, 0.0), (radius, 0.007), (0.75 * radius, 0.022), (0.4 * radius, 0.031), (0.12 * radius, 0.034)],
        [mix(colour, (40.0, 40.0, 40.0), 0.45), colour, mix(colour, (255.0, 255.0, 255.0), 0.18), colour],
        gloss=0.2,
    )
    shop.turn([(0.009, 0.033), (0.020, 0.045), (0.019, 0.055), (0.010, 0.059)], [knob], gloss=0.1)
    return Thing("lid", shop.finish(), radius, 0.059, "top", (0.0, 0.0, 0.046), 0.019)


def _bottle(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("bright", "pale", "dark")
    label = paints.any("pale", "bright")
    cap = paints.any("bright", "pale", "dark")
    radius, tall = 0.034 * size, 0.215 * size * float(rng.uniform(0.9, 1.1))
    shop = Workshop()
    shop.turn(
        [
            (radius, 0.0),
            (radius, 0.18 * tall),
            (radius, 0.48 * tall),
            (radius, 0.60 * tall),
            (0.4 * radius, 0.78 * tall),
            (0.38 * radius, 0.9 * tall),
            (0.42 * radius, tall),
        ],
        [colour, label, colour, colour, colour, cap],
        gloss=0.25,
    )
    return Thing(
        "bottle", shop.finish(), radius + 0.012, tall, "side", (0.0, 0.0, 0.42 * tall), radius, (0.0, 0.0, tall)
    )


def _kettle(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("metal", "bright", "pale", "dark")
    dark = paints.any("dark", "dark", "wood")
    wide, tall = 0.077 * size, 0.125 * size
    shop = Workshop()
    shop.rod(
        [(0.0, 0.75 * wide, 0.45 * tall), (0.0, 1.35 * wide, 0.75 * tall), (0.0, 1.55 * wide, 0.98 * tall)],
        (0.019, 0.012, 0.009),
        colour,
    )
    shop.turn(
        [
            (wide, 0.0),
            (1.03 * wide, 0.2 * tall),
            (0.78 * wide, 0.78 * tall),
            (0.5 * wide, tall),
            (0.15 * wide, 1.06 * tall),
        ],
        [dark, colour, colour, mix(colour, dark, 0.5)],
        gloss=0.2,
    )
    shop.rod(
        [
            (0.0, -0.75 * wide, 0.82 * tall),
            (0.0, -0.8 * wide, 1.35 * tall),
            (0.0, -0.4 * wide, 1.62 * tall),
            (0.0, 0.35 * wide, 1.62 * tall),
            (0.0, 0.55 * wide, 1.4 * tall),
            (0.0, 0.52 * wide, 1.0 * tall),
        ],
        0.0085,
        dark,
    )
    return Thing(
        "kettle",
        shop.finish(),
        wide + 0.012,
        1.6 * tall,
        "bar",
        (0.0, 0.0, 1.6 * tall),
        0.010,
        (0.0, 1.58 * wide, tall),
    )


def _box(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour, label = paints.any("bright", "pale"), paints.any("bright", "pale", "dark")
    wide, thick, tall = 0.105 * size, 0.062 * size, 0.165 * size
    shop = Workshop()
    shop.block((wide, thick, tall), colour, top=mix(colour, (255.0, 255.0, 255.0), 0.25))
    low, high = sorted(rng.uniform(0.1, 0.95, 2) * tall)
    high = max(high, low + 0.3 * tall)
    x, y = 0.5 * wide * float(rng.uniform(0.6, 1.0)), 0.5 * thick + 0.0006
    shop.patch([(-x, -y, low), (x, -y, low), (x, -y, high), (-x, -y, high)], label)
    shop.patch([(x, y, low), (-x, y, low), (-x, y, high), (x, y, high)], label)
    top = tall + 0.0006
    shop.patch(
        [
            (-0.2 * wide, -0.3 * thick, top),
            (0.3 * wide, -0.3 * thick, top),
            (0.3 * wide, 0.3 * thick, top),
            (-0.2 * wide, 0.3 * thick, top),
        ],
        label,
    )
    return Thing(
        "box",
        shop.finish(),
        0.066 * size,
        tall,
        "side",
        (0.0, 0.0, 0.6 * tall),
        0.045 * size,
        (-0.45 * wide, 0.0, tall),
    )


def _board(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("wood", "wood", "pale", "bright")
    wide, long, thick = 0.20 * size, 0.29 * size, 0.014
    shop = Workshop()
    shop.block((wide, long, thick), mix(colour, (0.0, 0.0, 0.0), 0.12), top=colour)
    groove = mix(colour, (40.0, 25.0, 15.0), 0.3)
    x, y = 0.16 * wide, 0.42 * long
    hole = [(-x, -y - 0.012, 0.0145), (x, -y - 0.012, 0.0145), (x, -y + 0.008, 0.0145), (-x, -y + 0.008, 0.0145)]
    shop.patch(hole, groove)
    return Thing(
        "board:chopping", shop.finish(in_order=True), 0.165 * size, thick, "rim", (0.5 * wide - 0.02, 0.0, 0.012), 0.007, flat=True
    )


def _sponge(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.near(0.15, 0.03, (0.5, 0.8), (0.8, 1.0)) if rng.random() < 0.6 else paints.bright()
    scourer = paints.any("bright", "dark")
    shop = Workshop()
    shop.block((0.068 * size, 0.105 * size, 0.026), colour)
    shop.block((0.068 * size, 0.105 * size, 0.009), scourer, corner=(-0.034 * size, -0.0525 * size, 0.026))
    return Thing("sponge", shop.finish(), 0.062 * size, 0.035, "top", (0.0, 0.0, 0.022), 0.036 * size)


def _onion(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.near(
        *((0.08, 0.02, (0.5, 0.75), (0.6, 0.85)) if rng.random() < 0.65 else (0.92, 0.03, (0.4, 0.65), (0.4, 0.65)))
    )
    shop = Workshop()
    shop.turn(
        [(0.006, 0.0), (0.026, 0.008), (0.038, 0.026), (0.039, 0.036), (0.030, 0.056), (0.011, 0.068), (0.004, 0.086)],
        [
            mix(colour, (40.0, 20.0, 10.0), 0.2),
            colour,
            colour,
            colour,
            mix(colour, (255.0, 230.0, 180.0), 0.25),
            (214.0, 190.0, 130.0),
        ],
        stripes=mix(colour, (70.0, 30.0, 10.0), 0.45),
        gloss=0.15,
        origin=(0.0, 0.0, 0.0),
    )
    return Thing(
        "onion", _scaled(shop.finish(), size), 0.042 * size, 0.07 * size, "top", (0.0, 0.0, 0.036 * size), 0.037 * size
    )


def _tomato(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.near(0.01, 0.025, (0.75, 0.95), (0.65, 0.9))
    green = paints.near(0.3, 0.04, (0.5, 0.8), (0.3, 0.5))
    shop = Workshop()
    shop.turn(
        [(0.012, 0.0), (0.031, 0.007), (0.039, 0.024), (0.036, 0.040), (0.024, 0.052), (0.008, 0.051)],
        [mix(colour, (30.0, 0.0, 0.0), 0.2), colour, colour, colour],
        gloss=0.35,
    )
    leaves = [(0.0, 0.0, 0.053)]
    for spoke in range(5):
        angle = spoke * 2.0 * np.pi / 5.0
        tip = (0.026 * np.cos(angle), 0.026 * np.sin(angle), 0.0515)
        left = (0.007 * np.cos(angle + 0.8), 0.007 * np.sin(angle + 0.8), 0.0535)
        right = (0.007 * np.cos(angle - 0.8), 0.007 * np.sin(angle - 0.8), 0.0535)
        shop.patch([leaves[0], right, tip, left], green)
    shop.rod([(0.0, 0.0, 0.052), (0.003, 0.003, 0.068)], 0.003, green)
    return Thing(
        "tomato", _scaled(shop.finish(in_order=True), size), 0.041 * size, 0.054 * size, "top", (0.0, 0.0, 0.03 * size), 0.037 * size
    )


def _carrot(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.near(0.07, 0.012, (0.8, 0.95), (0.8, 1.0))
    if rng.random() < 0.12:
        colour = paints.near(0.85, 0.02, (0.5, 0.7), (0.35, 0.5))
    green = paints.near(0.3, 0.05, (0.5, 0.8), (0.35, 0.6))
    shop = Workshop()
    shop.turn(
        [(0.003, -0.10), (0.010, -0.07), (0.015, -0.01), (0.019, 0.05), (0.019, 0.066), (0.008, 0.072)],
        [colour, colour, mix(colour, (255.0, 255.0, 255.0), 0.08), colour],
        axis=about(0, -np.pi / 2),
        origin=(0.0, 0.0, 0.019),
        gloss=0.12,
    )
    for lean in (-0.022, 0.0, 0.02):
        shop.rod([(0.0, 0.068, 0.02), (0.5 * lean, 0.095, 0.026), (lean, 0.125, 0.022)], (0.004, 0.006, 0.003), green)
    return Thing(
        "carrot", _scaled(shop.finish(), size), 0.06 * size, 0.04 * size, "top", (0.0, 0.01, 0.02 * size), 0.020 * size
    )


def _knife(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    blade = mix(paints.metal(), (235.0, 240.0, 245.0), 0.5)
    handle = paints.any("dark", "wood", "bright")
    shop = Workshop()
    shop.prism([(-0.017, 0.0), (0.017, 0.0), (0.016, 0.10), (0.0, 0.17), (-0.016, 0.10)], 0.007, 0.010, blade)
    shop.block((0.026, 0.115, 0.017), handle, corner=(-0.013, -0.115, 0.0))
    return Thing(
        "knife",
        _scaled(shop.finish(), size),
        0.075 * size,
        0.017,
        "tool",
        (0.0, -0.06 * size, 0.009),
        0.012,
        (0.0, 0.08 * size, 0.0085),
        flat=True,
    )


def _spoon(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    colour = paints.any("metal", "wood", "wood", "bright")
    shop = Workshop()
    shop.rod([(0.0, -0.125, 0.014), (0.0, -0.04, 0.010), (0.0, 0.055, 0.009)], (0.0075, 0.006, 0.0055), colour)
    shop.turn(
        [(0.014, 0.0), (0.025, 0.011)],
        [colour],
        hollow=[(0.022, 0.0105), (0.010, 0.003)],
        inside=mix(colour, (0.0, 0.0, 0.0), 0.2),
        squeeze=1.5,
        origin=(0.0, 0.085, 0.0),
    )
    return Thing(
        "spoon",
        _scaled(shop.finish(), size),
        0.075 * size,
        0.016,
        "tool",
        (0.0, -0.075 * size, 0.012),
        0.008,
        (0.0, 0.095 * size, 0.004),
        flat=True,
    )


def _scaled(solid: Solid, size: float) -> Solid:
    return replace(solid, points=solid.points * size, radii=solid.radii * size)


MAKERS: dict[str, Callable[[float, Paints, np.random.Generator], Thing]] = {
    "spoon": _spoon,
    "plate": _plate,
    "knife": _knife,
    "bowl": _bowl,
    "sponge": _sponge,
    "cup": _cup,
    "bottle": _bottle,
    "pan": _pan,
    "lid": _lid,
    "onion": _onion,
    "carrot": _carrot,
    "tomato": _tomato,
    "box": _box,
    "board:chopping": _board,
    "kettle": _kettle,
}

"""Plates, bowls, cups, pans, lids."""

import numpy as np

from egograph.data.toy_kitchen.looks import Paints
from egograph.data.toy_kitchen.paint import mix
from egograph.data.toy_kitchen.things.thing import Thing
from egograph.data.toy_kitchen.workshop import Workshop


def make_plate(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A plate."""
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


def make_bowl(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A bowl."""
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


def make_cup(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A cup with a handle."""
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


def make_pan(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A pan with a long handle."""
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


def make_lid(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A lid with a knob, that fits any pan."""
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

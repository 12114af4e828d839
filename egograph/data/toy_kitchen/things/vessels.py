"""Bottles, kettles, boxes: what liquids are poured from."""

import numpy as np

from egograph.data.toy_kitchen.looks import Paints
from egograph.data.toy_kitchen.paint import mix
from egograph.data.toy_kitchen.things.thing import Thing
from egograph.data.toy_kitchen.workshop import Workshop


def make_bottle(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A bottle with a label."""
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


def make_kettle(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A kettle with a spout and a handle above."""
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


def make_box(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A box, or carton, with a label."""
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

"""Knives, spoons, chopping boards, sponges."""

import numpy as np

from egograph.data.toy_kitchen.looks import Paints
from egograph.data.toy_kitchen.paint import mix
from egograph.data.toy_kitchen.things.thing import Thing, scaled
from egograph.data.toy_kitchen.workshop import Workshop


def make_knife(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A knife."""
    blade = mix(paints.metal(), (235.0, 240.0, 245.0), 0.5)
    handle = paints.any("dark", "wood", "bright")
    shop = Workshop()
    shop.prism([(-0.017, 0.0), (0.017, 0.0), (0.016, 0.10), (0.0, 0.17), (-0.016, 0.10)], 0.007, 0.010, blade)
    shop.block((0.026, 0.115, 0.017), handle, corner=(-0.013, -0.115, 0.0))
    return Thing(
        "knife",
        scaled(shop.finish(), size),
        0.075 * size,
        0.017,
        "tool",
        (0.0, -0.06 * size, 0.009),
        0.012,
        (0.0, 0.08 * size, 0.0085),
        flat=True,
    )


def make_spoon(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A spoon."""
    colour = paints.any("metal", "wood", "wood", "bright")
    shop = Workshop()
    shop.rod([(0.0, -0.125, 0.014), (0.0, -0.04, 0.010), (0.0, 0.055, 0.009)], (0.0075, 0.006, 0.0055), colour)
    shop.turn(
        [(0.018, 0.0), (0.032, 0.012)],
        [colour],
        hollow=[(0.028, 0.0115), (0.013, 0.003)],
        inside=mix(colour, (0.0, 0.0, 0.0), 0.2),
        squeeze=1.5,
        origin=(0.0, 0.085, 0.0),
    )
    return Thing(
        "spoon",
        scaled(shop.finish(), size),
        0.075 * size,
        0.016,
        "tool",
        (0.0, -0.075 * size, 0.012),
        0.008,
        (0.0, 0.095 * size, 0.004),
        flat=True,
    )


def make_board(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A chopping board."""
    colour = paints.any("wood", "wood", "pale", "bright")
    wide, long, thick = 0.20 * size, 0.29 * size, 0.014
    shop = Workshop()
    shop.block((wide, long, thick), mix(colour, (0.0, 0.0, 0.0), 0.12), top=colour)
    groove = mix(colour, (40.0, 25.0, 15.0), 0.3)
    x, y = 0.16 * wide, 0.42 * long
    hole = [(-x, -y - 0.012, 0.0145), (x, -y - 0.012, 0.0145), (x, -y + 0.008, 0.0145), (-x, -y + 0.008, 0.0145)]
    shop.patch(hole, groove)
    return Thing(
        "board:chopping",
        shop.finish(in_order=True),
        0.165 * size,
        thick,
        "rim",
        (0.5 * wide - 0.02, 0.0, 0.012),
        0.007,
        flat=True,
    )


def make_sponge(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A sponge with a scourer."""
    colour = paints.near(0.15, 0.03, (0.5, 0.8), (0.8, 1.0)) if rng.random() < 0.75 else paints.bright()
    scourer = paints.any("bright", "dark")
    shop = Workshop()
    shop.block((0.068 * size, 0.105 * size, 0.026), colour)
    shop.block((0.068 * size, 0.105 * size, 0.009), scourer, corner=(-0.034 * size, -0.0525 * size, 0.026))
    return Thing("sponge", shop.finish(), 0.062 * size, 0.035, "top", (0.0, 0.0, 0.022), 0.036 * size)

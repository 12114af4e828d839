"""Onions, tomatoes, carrots."""

import numpy as np

from egograph.data.toy_kitchen.looks import Paints
from egograph.data.toy_kitchen.motion import about
from egograph.data.toy_kitchen.paint import mix
from egograph.data.toy_kitchen.things.thing import Thing, scaled
from egograph.data.toy_kitchen.workshop import Workshop


def make_onion(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """An onion."""
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
        "onion", scaled(shop.finish(), size), 0.042 * size, 0.07 * size, "top", (0.0, 0.0, 0.036 * size), 0.037 * size
    )


def make_tomato(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A tomato with its green."""
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
        "tomato",
        scaled(shop.finish(in_order=True), size),
        0.041 * size,
        0.054 * size,
        "top",
        (0.0, 0.0, 0.03 * size),
        0.037 * size,
    )


def make_carrot(size: float, paints: Paints, rng: np.random.Generator) -> Thing:
    """A carrot with its green."""
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
        "carrot",
        scaled(shop.finish(), size),
        0.06 * size,
        0.04 * size,
        "top",
        (0.0, 0.04 * size, 0.02 * size),
        0.020 * size,
    )

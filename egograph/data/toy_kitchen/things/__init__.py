"""The movable things, by the noun that names them."""

from collections.abc import Callable

import numpy as np

from egograph.data.toy_kitchen.looks import Paints
from egograph.data.toy_kitchen.things.crockery import make_bowl, make_cup, make_lid, make_pan, make_plate
from egograph.data.toy_kitchen.things.produce import make_carrot, make_onion, make_tomato
from egograph.data.toy_kitchen.things.thing import Thing
from egograph.data.toy_kitchen.things.tools import make_board, make_knife, make_sponge, make_spoon
from egograph.data.toy_kitchen.things.vessels import make_bottle, make_box, make_kettle

MAKERS: dict[str, Callable[[float, Paints, np.random.Generator], Thing]] = {
    "spoon": make_spoon,
    "plate": make_plate,
    "knife": make_knife,
    "bowl": make_bowl,
    "sponge": make_sponge,
    "cup": make_cup,
    "bottle": make_bottle,
    "pan": make_pan,
    "lid": make_lid,
    "onion": make_onion,
    "carrot": make_carrot,
    "tomato": make_tomato,
    "box": make_box,
    "board:chopping": make_board,
    "kettle": make_kettle,
}

# Larger than life: in a picture of 160 pixels, little of a real onion would be seen between the fingers.
_LARGER = {
    "onion": 1.55, "tomato": 1.6, "carrot": 1.4, "sponge": 1.5, "spoon": 1.45, "knife": 1.3, "cup": 1.15, "bowl": 1.1,
}  # fmt: skip


def make_thing(noun: str, paints: Paints, rng: np.random.Generator) -> Thing:
    """One thing of a kind, its size, colours and finish drawn at random."""
    return MAKERS[noun](float(rng.uniform(0.9, 1.12)) * _LARGER.get(noun, 1.0), paints, rng)


__all__ = ["MAKERS", "Thing", "make_thing"]

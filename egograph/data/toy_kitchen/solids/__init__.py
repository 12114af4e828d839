"""Shapes that things are made of: turned on a lathe, cut as a prism, bent from a rod; and how they are painted."""

from egograph.data.toy_kitchen.solids.bent import Bent, rod_outlines
from egograph.data.toy_kitchen.solids.cut import Cut
from egograph.data.toy_kitchen.solids.part import Part, Seen
from egograph.data.toy_kitchen.solids.solid import Solid
from egograph.data.toy_kitchen.solids.turned import SIDES, Turned

__all__ = ["SIDES", "Bent", "Cut", "Part", "Seen", "Solid", "Turned", "rod_outlines"]

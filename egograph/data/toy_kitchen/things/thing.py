"""What a movable thing is."""

from dataclasses import dataclass, replace

from egograph.data.toy_kitchen.paint import Colour
from egograph.data.toy_kitchen.solids import Solid

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


def scaled(solid: Solid, size: float) -> Solid:
    """A solid, `size` times as large."""
    return replace(solid, points=solid.points * size, radii=solid.radii * size)

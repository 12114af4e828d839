"""The colours of kinds and relations on video; hues that tell verbs apart on the page."""

from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND
from egograph.report.canvas import Colour

INK: Colour = (13, 16, 22)
PAPER: Colour = (244, 246, 250)
DIM: Colour = (150, 160, 176)
KIND_COLOURS: dict[int, Colour] = {LEFT_HAND: (72, 176, 255), RIGHT_HAND: (255, 150, 62), OBJECT: (240, 242, 246)}
RELATION_COLOURS: dict[str, Colour] = {
    "contact": (196, 255, 66),
    "overlap": (186, 160, 255),
    "proximity": (196, 206, 220),
}

_HUES = (250, 55, 150, 330, 95, 200, 20, 290, 120, 225, 355, 75)


def verb_hue(place: int) -> int:
    """The hue, in degrees of OKLCH, of a stream's verb by the place in which it came; neighbours lie far apart."""
    return _HUES[place % len(_HUES)]

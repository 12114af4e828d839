"""Bodies bent from a round rod."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, Colour, Pixels, capsules, tone
from egograph.data.toy_kitchen.solids.part import Seen


@dataclass(frozen=True)
class Bent:
    """A round rod: some of the solid's rod pieces."""

    anchor: int
    first: int
    count: int
    colour: Colour

    def paint(self, canvas: Canvas, seen: Seen) -> None:
        """Paints the rod dark, then its lit middle."""
        for outlines, light in zip(seen.strokes, (0.33, 0.63), strict=True):
            colour = tone(self.colour, seen.ambient + light * seen.diffuse)
            for piece in range(self.first, self.first + self.count):
                canvas.fill(outlines[piece], colour, seen.body)

    def paint_front(self, canvas: Canvas, seen: Seen) -> None:
        """A rod hides no contents."""


def rod_outlines(exact: Array, depth: Array, focal: float, ends: NDArray[np.intp], radii: Array) -> Pixels:
    """Outlines `[2, k, 14, 2]` (fixed-point) of rod pieces between points `ends` `[k, 2]` of radii `[k, 2]` metres."""
    between = exact[ends]
    pixels = np.maximum(radii * focal / depth[ends], 0.7)
    both = np.concatenate([between, between - 0.16 * pixels[:, :1, None]])
    whole, middle = np.split(capsules(both, np.concatenate([pixels, 0.6 * pixels])), 2)
    return np.stack([whole, middle])

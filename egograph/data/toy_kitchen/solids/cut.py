"""Bodies cut with flat faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.paint import Canvas, Colour, tone
from egograph.data.toy_kitchen.solids.part import Seen


@dataclass(frozen=True)
class Cut:
    """Flat convex faces; those that look away are not painted. The last `front` faces hide the contents."""

    anchor: int
    corners: tuple[NDArray[np.intp], ...]
    normal: int
    colours: tuple[Colour, ...]
    front: int

    def paint(self, canvas: Canvas, seen: Seen) -> None:
        """Paints the faces in their order."""
        self._paint_from(canvas, seen, 0)

    def paint_front(self, canvas: Canvas, seen: Seen) -> None:
        """Paints the outer faces again, over what lies inside."""
        if self.front:
            self._paint_from(canvas, seen, len(self.corners) - self.front)

    def _paint_from(self, canvas: Canvas, seen: Seen, first: int) -> None:
        for index in range(first, len(self.corners)):
            if seen.facing[self.normal + index]:
                colour = tone(self.colours[index], seen.shade(self.normal + index))
                canvas.fill(seen.xy[self.corners[index]], colour, seen.body)

"""A solid: parts that are painted together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas
from egograph.data.toy_kitchen.solids.part import Part, Seen


@dataclass(frozen=True)
class Solid:
    """A shape in its own axes (metres, z up, base at z = 0).

    Attributes:
        points: `[n, 3]`.
        normals: `[m, 3]`, of its faces.
        anchors: int `[m]`, for each normal a point of its face.
        rods: int `[k, 2]`, the end points of its rods' pieces.
        radii: `[k, 2]`, their thickness in metres.
        parts: what it is painted from.
        in_order: whether the parts are painted in their order from wherever they are seen; else far ones come first.
    """

    points: Array
    normals: Array
    anchors: NDArray[np.intp]
    rods: NDArray[np.intp]
    radii: Array
    parts: tuple[Part, ...]
    in_order: bool

    def paint(self, canvas: Canvas, seen: Seen) -> None:
        """Paints all parts."""
        for part in self._far_to_near(seen):
            part.paint(canvas, seen)

    def paint_front(self, canvas: Canvas, seen: Seen) -> None:
        """Paints again what hides the contents."""
        for part in self._far_to_near(seen):
            part.paint_front(canvas, seen)

    def _far_to_near(self, seen: Seen) -> Sequence[Part]:
        if self.in_order:
            return self.parts
        return sorted(self.parts, key=lambda part: -float(seen.depth[part.anchor]))

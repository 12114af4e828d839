"""A part of a solid, and what the camera sees of its body."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, Pixels


@dataclass(frozen=True)
class Seen:
    """A body as the camera sees it in one frame.

    Attributes:
        body: the body's number on the canvas.
        exact: `[n, 2]`, its points in pixels.
        xy: the same, fixed-point.
        depth: `[n]`, metres.
        strokes: outlines `[2, k, 14, 2]` of its rods' pieces, fixed-point: the whole, and the lit middle.
        facing: bool `[m]`, which of its normals face the camera.
        lit: `[m]`, cosine between normal and light, -1..1.
        ambient: light that reaches every face, 0..1.
        diffuse: light that comes from one side, 0..1.
    """

    body: int
    exact: Array
    xy: Pixels
    depth: Array
    strokes: Pixels
    facing: NDArray[np.bool_]
    lit: Array
    ambient: float
    diffuse: float

    def shade(self, normal: int) -> float:
        """How strongly a face is lit."""
        return self.ambient + self.diffuse * max(float(self.lit[normal]), 0.0)


class Part(Protocol):
    """A piece of a solid that can paint itself."""

    @property
    def anchor(self) -> int:
        """The point by whose depth the solid's parts are sorted."""
        ...

    def paint(self, canvas: Canvas, seen: Seen) -> None:
        """Paints the part."""
        ...

    def paint_front(self, canvas: Canvas, seen: Seen) -> None:
        """Paints again what hides the contents."""
        ...

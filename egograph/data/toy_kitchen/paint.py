"""Filling anti-aliased shapes into the picture and, beside it, into the picture of which body is seen where."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Pixels = NDArray[np.int32]

# cv2 takes corners as fixed-point numbers with this many binary digits after the point.
SHIFT = 4
ONE = 1 << SHIFT

_ARC = np.linspace(-np.pi / 2, np.pi / 2, 7)
_FAN = np.stack([np.cos(_ARC), np.sin(_ARC)], axis=1)


def tone(colour: Colour, factor: float) -> Colour:
    """A colour, lit `factor` times as strongly."""
    return colour[0] * factor, colour[1] * factor, colour[2] * factor


def mix(first: Colour, last: Colour, share: float) -> Colour:
    """The colour `share` of the way from the first to the last."""
    a, b, c = (one + share * (other - one) for one, other in zip(first, last, strict=True))
    return a, b, c


def fixed(points: NDArray[np.float64]) -> Pixels:
    """Pixel coordinates as cv2's fixed-point numbers."""
    return (points * ONE).astype(np.int32)


def capsules(points: NDArray[np.float64], radius: NDArray[np.float64]) -> Pixels:
    """Outlines `[n, 14, 2]` (fixed-point) of strokes between points `[n, 2, 2]` with end radii `[n, 2]` in pixels."""
    along = points[:, 1] - points[:, 0]
    along = along / np.maximum(np.sqrt(np.einsum("ni,ni->n", along, along)), 1e-6)[:, None]
    frame = np.empty((len(points), 2, 2))
    frame[:, 0] = along
    frame[:, 1, 0], frame[:, 1, 1] = -along[:, 1], along[:, 0]
    fan = _FAN @ frame
    outline = np.empty((len(points), 2 * len(_FAN), 2))
    outline[:, : len(_FAN)] = points[:, 1, None] + radius[:, 1, None, None] * fan
    outline[:, len(_FAN) :] = points[:, 0, None] - radius[:, 0, None, None] * fan
    return fixed(outline)


@dataclass
class Canvas:
    """What is painted on.

    Attributes:
        image: uint8 `[H, W, 3]`, RGB.
        bodies: uint8 `[H, W]`, the number of the body seen at each pixel (0 is the room), or None where nobody asks.
    """

    image: NDArray[np.uint8]
    bodies: NDArray[np.uint8] | None

    def fill(self, corners: Pixels, colour: Colour, body: int) -> None:
        """Fills a convex outline (fixed-point `[n, 2]`)."""
        cv2.fillConvexPoly(self.image, corners, colour, cv2.LINE_AA, SHIFT)
        if self.bodies is not None:
            cv2.fillConvexPoly(self.bodies, corners, body, cv2.LINE_8, SHIFT)

    def fill_bent(self, corners: Pixels, colour: Colour, body: int) -> None:
        """Fills an outline that need not be convex (fixed-point `[n, 2]`)."""
        cv2.fillPoly(self.image, [corners], colour, cv2.LINE_AA, SHIFT)
        if self.bodies is not None:
            cv2.fillPoly(self.bodies, [corners], body, cv2.LINE_8, SHIFT)

    def line(self, corners: Pixels, colour: Colour, thickness: int = 1) -> None:
        """Draws a thin open line; it belongs to what is under it."""
        cv2.polylines(self.image, [corners], False, colour, thickness, cv2.LINE_AA, SHIFT)

    def veil(self, corners: Pixels, colour: Colour, share: float, body: int) -> None:
        """Fills an outline that lets what is behind it shine through."""
        x, y, width, height = cv2.boundingRect(corners >> SHIFT)
        left, top = max(x - 1, 0), max(y - 1, 0)
        patch: Any = self.image[top : max(y + height + 2, 0), left : max(x + width + 2, 0)]
        if patch.size == 0:
            return
        filled = patch.copy()
        moved = corners - np.array([left, top], dtype=np.int32) * ONE
        cv2.fillPoly(filled, [moved], colour, cv2.LINE_AA, SHIFT)
        cv2.addWeighted(filled, share, patch, 1.0 - share, 0.0, dst=patch)
        if self.bodies is not None:
            cv2.fillPoly(self.bodies, [corners], body, cv2.LINE_8, SHIFT)

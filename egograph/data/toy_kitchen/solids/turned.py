"""Bodies turned on a lathe."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.paint import Canvas, Colour, Pixels, fixed, tone
from egograph.data.toy_kitchen.solids.part import Seen

SIDES = 18

# The corners of a strip of wall, counted from the ring below it, and how strongly it is lit.
_Arc = tuple[NDArray[np.intp], float]


@dataclass(frozen=True)
class Turned:
    """A body of revolution: rings of SIDES points from bottom to top, then its hollow's rings from rim to floor."""

    anchor: int
    first: int
    rings: int
    hollow: int
    radial: int
    top: int
    bottom: int
    colours: tuple[Colour, ...]
    top_colour: Colour
    inside: Colour
    stripes: Colour | None
    gloss: float

    def ring(self, seen: Seen, index: int) -> Pixels:
        """The points of one ring."""
        start = self.first + index * SIDES
        return seen.xy[start : start + SIDES]

    def paint(self, canvas: Canvas, seen: Seen) -> None:
        """Paints walls from far to near, then the end that is seen, then the hollow."""
        upright = bool(seen.facing[self.top])
        order = range(self.rings - 1) if upright else range(self.rings - 2, -1, -1)
        arcs = self._arcs(seen)
        for index in order:
            start = self.first + index * SIDES
            hull = cv2.convexHull(seen.xy[start : start + 2 * SIDES])
            colour = self.colours[index]
            canvas.fill(hull, tone(colour, seen.ambient), seen.body)
            self._paint_arcs(canvas, seen, index, colour, arcs)
        if self.stripes is not None:
            self._paint_stripes(canvas, seen)
        if not upright:
            canvas.fill(self.ring(seen, 0), tone(self.colours[0], seen.shade(self.bottom)), seen.body)
            return
        rim = self.ring(seen, self.rings - 1)
        canvas.fill(rim, tone(self.top_colour, seen.shade(self.top)), seen.body)
        if self.hollow:
            self._paint_hollow(canvas, seen, upright_shade=seen.shade(self.top))

    def paint_front(self, canvas: Canvas, seen: Seen) -> None:
        """Paints the near wall again, over what lies inside."""
        if not self.hollow or not seen.facing[self.top]:
            return
        near = _between_rings(_run(seen.facing[self.radial : self.radial + SIDES]))
        if len(near) < 4:
            return
        arcs = self._arcs(seen)
        for index in range(self.rings - 1):
            strip = seen.xy[self.first + index * SIDES + near]
            canvas.fill_bent(strip, tone(self.colours[index], seen.ambient), seen.body)
            self._paint_arcs(canvas, seen, index, self.colours[index], arcs)

    def surface(self, seen: Seen, level: float) -> Pixels | None:
        """The outline of contents that fill the hollow up to a share `level` of its depth, or None where unseen."""
        if not seen.facing[self.top] or self.hollow < 2:
            return None
        place = (1.0 - level) * (self.hollow - 1)
        index = min(int(place), self.hollow - 2)
        share = place - index
        start = self.first + (self.rings + index) * SIDES
        upper, lower = seen.exact[start : start + SIDES], seen.exact[start + SIDES : start + 2 * SIDES]
        return _clip(fixed(upper + share * (lower - upper)), self.ring(seen, self.rings))

    def _arcs(self, seen: Seen) -> list[_Arc]:
        """The lit sides: a shaded arc, a bright one, a gloss."""
        facing = seen.facing[self.radial : self.radial + SIDES]
        lit = seen.lit[self.radial : self.radial + SIDES]
        runs = []
        for bound, share in ((0.0, 0.45), (0.55, 1.0)):
            run = _run(facing & (lit > bound))
            if len(run) > 1:
                runs.append((run, seen.ambient + share * seen.diffuse))
        if runs and self.gloss:
            run, light = runs[-1]
            middle = len(run) // 2
            runs.append((run[max(middle - 1, 0) : middle + 1], light + self.gloss))
        return [(_between_rings(run), light) for run, light in runs]

    def _paint_arcs(self, canvas: Canvas, seen: Seen, index: int, colour: Colour, arcs: list[_Arc]) -> None:
        start = self.first + index * SIDES
        for strip, light in arcs:
            canvas.fill_bent(seen.xy[start + strip], tone(colour, light), seen.body)

    def _paint_stripes(self, canvas: Canvas, seen: Seen) -> None:
        assert self.stripes is not None
        colour = tone(self.stripes, seen.ambient + 0.5 * seen.diffuse)
        for side in range(0, SIDES, 3):
            if seen.facing[self.radial + side]:
                line = self.first + side + SIDES * np.arange(self.rings)
                canvas.line(seen.xy[line], colour)

    def _paint_hollow(self, canvas: Canvas, seen: Seen, upright_shade: float) -> None:
        outline = self.ring(seen, self.rings)
        canvas.fill(outline, tone(self.inside, 0.72 * upright_shade), seen.body)
        for index in range(1, self.hollow):
            inner = _clip(self.ring(seen, self.rings + index), outline)
            if inner is None:
                return
            shade = 0.72 + 0.28 * index / (self.hollow - 1)
            canvas.fill(inner, tone(self.inside, shade * upright_shade), seen.body)


def _run(chosen: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The chosen places around a ring, in order, starting where the run starts."""
    places = np.flatnonzero(chosen)
    if 0 < len(places) < len(chosen) and chosen[0] and chosen[-1]:
        gap = int(np.argmax(np.diff(places) > 1)) + 1
        return np.concatenate([places[gap:], places[:gap]])
    return places


def _between_rings(run: NDArray[np.intp]) -> NDArray[np.intp]:
    """The corners of the strip between a ring and the next one, along a run of places."""
    return np.concatenate([run, SIDES + run[::-1]])


def _clip(outline: Pixels, window: Pixels) -> Pixels | None:
    area, inner = cv2.intersectConvexConvex(outline.astype(np.float32), window.astype(np.float32))
    if area <= 0.0 or inner is None:
        return None
    clipped: Pixels = np.rint(inner).astype(np.int32)
    return clipped

"""Shapes that things are made of: turned on a lathe, cut as a prism, bent from a rod; and how they are painted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, Colour, Pixels, capsules, fixed, mix, tone

SIDES = 18


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


@dataclass(frozen=True)
class Turned:
    """A body of revolution: rings of SIDES points from bottom to top, then the rings of its hollow from rim to floor."""

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
        near = _run(seen.facing[self.radial : self.radial + SIDES])
        if len(near) < 2:
            return
        arcs = self._arcs(seen)
        for index in range(self.rings - 1):
            canvas.fill_bent(self._strip(seen, index, near), tone(self.colours[index], seen.ambient), seen.body)
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

    def _arcs(self, seen: Seen) -> list[tuple[NDArray[np.intp], float]]:
        facing = seen.facing[self.radial : self.radial + SIDES]
        lit = seen.lit[self.radial : self.radial + SIDES]
        arcs = []
        for bound, share in ((0.0, 0.45), (0.55, 1.0)):
            run = _run(facing & (lit > bound))
            if len(run) > 1:
                arcs.append((run, seen.ambient + share * seen.diffuse))
        if arcs and self.gloss:
            run, light = arcs[-1]
            middle = len(run) // 2
            arcs.append((run[max(middle - 1, 0) : middle + 1], light + self.gloss))
        return arcs

    def _paint_arcs(
        self, canvas: Canvas, seen: Seen, index: int, colour: Colour, arcs: list[tuple[NDArray[np.intp], float]]
    ) -> None:
        for run, light in arcs:
            if len(run) > 1:
                canvas.fill_bent(self._strip(seen, index, run), tone(colour, light), seen.body)

    def _strip(self, seen: Seen, index: int, run: NDArray[np.intp]) -> Pixels:
        start = self.first + index * SIDES
        return np.concatenate([seen.xy[start + run], seen.xy[start + SIDES + run[::-1]]])

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
    return capsules(both, np.concatenate([pixels, 0.6 * pixels])).reshape(2, len(ends), -1, 2)


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


class Workshop:
    """Makes one solid from parts."""

    def __init__(self) -> None:
        self._points: list[Array] = []
        self._normals: list[Array] = []
        self._anchors: list[int] = []
        self._rods: list[tuple[int, int]] = []
        self._radii: list[tuple[float, float]] = []
        self._parts: list[Part] = []
        self._count = 0

    def turn(
        self,
        profile: Sequence[tuple[float, float]],
        colours: Sequence[Colour],
        *,
        hollow: Sequence[tuple[float, float]] = (),
        inside: Colour = (200.0, 200.0, 200.0),
        axis: Array | None = None,
        origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
        stripes: Colour | None = None,
        gloss: float = 0.0,
        squeeze: float = 1.0,
    ) -> None:
        """Adds a body of revolution from (radius, height) pairs; `axis` `[3, 3]` turns it, `squeeze` flattens it along y."""
        angle = np.arange(SIDES) * (2.0 * np.pi / SIDES)
        circle = np.stack([np.cos(angle), squeeze * np.sin(angle), np.zeros(SIDES)], axis=1)
        matrix = np.eye(3) if axis is None else axis
        rings = [radius * circle + (0.0, 0.0, height) for radius, height in (*profile, *hollow)]
        start, normal = self._count, len(self._anchors)
        self._add(np.concatenate(rings) @ matrix.T + origin)
        middle = start + (len(profile) // 2) * SIDES
        for side in range(SIDES):
            self._face(matrix @ circle[side], middle + side)
        top_ring = start + (len(profile) - 1) * SIDES
        self._face(matrix[:, 2], top_ring)
        self._face(-matrix[:, 2], start)
        walls = tuple(colours[min(index, len(colours) - 1)] for index in range(len(profile) - 1))
        self._parts.append(
            Turned(
                anchor=middle,
                first=start,
                rings=len(profile),
                hollow=len(hollow),
                radial=normal,
                top=normal + SIDES,
                bottom=normal + SIDES + 1,
                colours=walls,
                top_colour=colours[-1],
                inside=inside,
                stripes=stripes,
                gloss=gloss,
            )
        )

    def prism(
        self,
        outline: Sequence[tuple[float, float]],
        low: float,
        high: float,
        colour: Colour,
        *,
        top: Colour | None = None,
        axis: Array | None = None,
        origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        """Adds a prism over a convex outline (anticlockwise x, y)."""
        matrix = np.eye(3) if axis is None else axis
        count = len(outline)
        flat = np.array(outline)
        rings = [np.column_stack([flat, np.full(count, height)]) for height in (low, high)]
        start, normal = self._count, len(self._anchors)
        self._add(np.concatenate(rings) @ matrix.T + origin)
        corners: list[NDArray[np.intp]] = []
        colours: list[Colour] = []
        for side in range(count):
            after = (side + 1) % count
            corners.append(np.array([side, after, count + after, count + side]) + start)
            edge = flat[after] - flat[side]
            self._face(matrix @ np.array([edge[1], -edge[0], 0.0]) / np.hypot(*edge), start + side)
            colours.append(colour)
        corners.append(np.arange(count) + start)
        self._face(-matrix[:, 2], start)
        corners.append(np.arange(count, 2 * count) + start)
        self._face(matrix[:, 2], start + count)
        colours += [colour, colour if top is None else top]
        self._parts.append(Cut(start + count, tuple(corners), normal, tuple(colours), front=0))

    def block(
        self,
        size: tuple[float, float, float],
        colour: Colour,
        *,
        corner: tuple[float, float, float] | None = None,
        top: Colour | None = None,
        axis: Array | None = None,
    ) -> None:
        """Adds a box; `corner` is its least one (default: centred on x and y, on z = 0)."""
        x, y, z = (-size[0] / 2, -size[1] / 2, 0.0) if corner is None else corner
        outline = ((x, y), (x + size[0], y), (x + size[0], y + size[1]), (x, y + size[1]))
        self.prism(outline, z, z + size[2], colour, top=top, axis=axis)

    def patch(self, corners: Sequence[tuple[float, float, float]], colour: Colour) -> None:
        """Adds one flat face (anticlockwise from the side where it is seen)."""
        self.faces([corners], [colour])

    def faces(
        self, faces: Sequence[Sequence[tuple[float, float, float]]], colours: Sequence[Colour], front: int = 0
    ) -> None:
        """Adds flat convex faces that are painted in this order."""
        normal, start = len(self._anchors), self._count
        indices = []
        for face in faces:
            points = np.array(face)
            across = np.cross(points[1] - points[0], points[2] - points[0])
            self._face(across / np.linalg.norm(across), self._count)
            indices.append(np.arange(len(points)) + self._count)
            self._add(points)
        self._parts.append(Cut(start, tuple(indices), normal, tuple(colours), front))

    def trough(self, low: Sequence[float], high: Sequence[float], colour: Colour, inside: Colour) -> None:
        """Adds a box open at the top, given its least and greatest corner."""
        (a, b, c), (d, e, f) = low, high
        inner = [
            [(a, b, c), (d, b, c), (d, e, c), (a, e, c)],
            [(a, e, c), (d, e, c), (d, e, f), (a, e, f)],
            [(a, b, c), (a, e, c), (a, e, f), (a, b, f)],
            [(d, e, c), (d, b, c), (d, b, f), (d, e, f)],
            [(d, b, c), (a, b, c), (a, b, f), (d, b, f)],
        ]
        outer = [list(reversed(face)) for face in inner[1:]]
        dark = [tone(inside, share) for share in (0.85, 0.7, 0.75, 0.75, 0.7)]
        self.faces(inner + outer, dark + [colour] * 4, front=4)

    def rod(
        self, points: Sequence[tuple[float, float, float]], radius: float | Sequence[float], colour: Colour
    ) -> None:
        """Adds a round rod; `radius` in metres, one or one a point."""
        start = self._count
        self._add(np.array(points))
        radii = (radius,) * len(points) if isinstance(radius, float) else tuple(radius)
        pieces = len(points) - 1
        self._parts.append(Bent(start + len(points) // 2, len(self._rods), pieces, colour))
        for piece in range(pieces):
            self._rods.append((start + piece, start + piece + 1))
            self._radii.append((radii[piece], radii[piece + 1]))

    def finish(self, in_order: bool = False) -> Solid:
        """The solid; with `in_order` its parts hide one another in the order in which they were added."""
        return Solid(
            np.concatenate(self._points),
            np.array(self._normals).reshape(-1, 3),
            np.array(self._anchors, dtype=np.intp),
            np.array(self._rods, dtype=np.intp).reshape(-1, 2),
            np.array(self._radii).reshape(-1, 2),
            tuple(self._parts),
            in_order or len(self._parts) == 1,
        )

    def _add(self, points: Array) -> None:
        self._points.append(points)
        self._count += len(points)

    def _face(self, normal: Array, anchor: int) -> None:
        self._normals.append(normal)
        self._anchors.append(anchor)


def _run(chosen: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The chosen places around a ring, in order, starting where the run starts."""
    places = np.flatnonzero(chosen)
    if 0 < len(places) < len(chosen) and chosen[0] and chosen[-1]:
        gap = int(np.argmax(np.diff(places) > 1)) + 1
        return np.concatenate([places[gap:], places[:gap]])
    return places


def _clip(outline: Pixels, window: Pixels) -> Pixels | None:
    area, inner = cv2.intersectConvexConvex(outline.astype(np.float32), window.astype(np.float32))
    if area <= 0.0 or inner is None:
        return None
    return np.rint(inner).astype(np.int32)


__all__ = ["Canvas", "Colour", "Seen", "Solid", "Turned", "Workshop", "mix"]

"""A workshop that makes solids: things turned on a lathe, cut as prisms, bent from rods."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Colour, tone
from egograph.data.toy_kitchen.solids import SIDES, Bent, Cut, Part, Solid, Turned


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
        """Adds a body turned from (radius, height) pairs; `axis` `[3, 3]` turns it, `squeeze` stretches it in y."""
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

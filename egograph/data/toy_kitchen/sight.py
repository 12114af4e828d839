"""Where the camera sees everything in one frame."""

import numpy as np

from egograph.data.toy_kitchen.camera import Camera
from egograph.data.toy_kitchen.looks import Light
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import fixed
from egograph.data.toy_kitchen.solids import Seen, rod_outlines
from egograph.data.toy_kitchen.timeline import Points, Timeline


class Sight:
    """All bodies' points where they are in a frame, projected onto a picture of `size` (width, height) pixels.

    Attributes:
        shown: for each body, whether any of it can be in the picture.
    """

    def __init__(
        self, timeline: Timeline, points: Points, light: Light, frame: int, camera: Camera, size: tuple[int, int]
    ) -> None:
        self._line, self._points, self._light = timeline, points, light
        turn, position = timeline.turn[frame], timeline.position[frame]
        local = np.einsum("nij,nj->ni", turn[points.owner], self._squashed(frame))
        self._world = local + position[points.owner]
        self._exact, self._depth = camera.project(self._world)
        self._xy = fixed(self._exact)
        self._strokes = rod_outlines(self._exact, self._depth, camera.focal, points.rods, points.radii)
        low = np.minimum.reduceat(self._exact, points.starts[:-1])
        high = np.maximum.reduceat(self._exact, points.starts[:-1])
        shown = (high > np.array([-8.0, -8.0])) & (low < np.array(size) + 8.0)
        self.shown: list[bool] = np.logical_and.reduce(shown, axis=1).tolist()
        normals = np.einsum("nij,nj->ni", turn[points.normal_owner], points.normals)
        towards = camera.position - self._world[points.anchors]
        self._facing = np.einsum("ni,ni->n", normals, towards) > 0.0
        self._lit = normals @ light.towards

    def seen(self, body: int) -> Seen:
        """A body as it is painted."""
        points = self._points
        chosen = points.of(body)
        normals = slice(points.normal_starts[body], points.normal_starts[body + 1])
        return Seen(
            self._line.bodies[body].number,
            self._exact[chosen],
            self._xy[chosen],
            self._depth[chosen],
            self._strokes[:, points.rod_starts[body] : points.rod_starts[body + 1]],
            self._facing[normals],
            self._lit[normals],
            self._light.ambient,
            self._light.diffuse,
        )

    def world(self, body: int) -> Array:
        """A body's points `[n, 3]`, metres."""
        points: Array = self._world[self._points.of(body)]
        return points

    def _squashed(self, frame: int) -> Array:
        """All points in their bodies' axes, those of squeezed things pressed together."""
        local, squash = self._points.local, self._line.squash[frame]
        pressed = [int(thing) for thing in np.flatnonzero(squash > 0.01)]
        if pressed:
            local = local.copy()
            for thing in pressed:
                share = squash[thing]
                local[self._points.of(thing)] *= (1.0 - 0.75 * share, 1.0 + 0.15 * share, 1.0 + 0.1 * share)
        return local

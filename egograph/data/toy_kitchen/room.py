"""The room around the things: counter, wall, floor, cabinet front; and shadows on the counter."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.camera import Camera
from egograph.data.toy_kitchen.fixtures import COUNTER_DEPTH
from egograph.data.toy_kitchen.looks import Light, Look, Surface
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, Pixels, fixed, tone
from egograph.data.toy_kitchen.textures import surface

HALF_WIDTH = 1.5
WALL_HEIGHT = 1.0
PIXELS_PER_METRE = 240.0
X, Y, Z = np.eye(3)


class Room:
    """The room of one video, ready to be painted from any camera."""

    def __init__(self, look: Look, rng: np.random.Generator) -> None:
        self._look = look
        self._counter = self._picture(look.counter, COUNTER_DEPTH, Z, rng)
        self._wall = self._picture(look.wall, WALL_HEIGHT, -Y, rng)

    def _picture(self, what: Surface, depth: float, normal: Array, rng: np.random.Generator) -> NDArray[np.uint8]:
        size = (int(2 * HALF_WIDTH * PIXELS_PER_METRE), int(depth * PIXELS_PER_METRE))
        light = self._look.light.ambient + self._look.light.diffuse * max(float(normal @ self._look.light.towards), 0.0)
        return surface(
            what.pattern, size, tone(what.colour, light), tone(what.other, light), what.scale * PIXELS_PER_METRE, rng
        )

    def paint_floor(self, canvas: Canvas, camera: Camera) -> None:
        """Fills the picture with the floor, and the cabinet below the counter's front edge."""
        height, width = canvas.image.shape[:2]
        cv2.rectangle(canvas.image, (0, 0), (width, height), tone(self._look.floor, 0.7), cv2.FILLED)
        light = self._look.light.ambient
        self._quad(canvas, camera, 0.012, (-0.9, -0.03), tone(self._look.cabinet, 0.8 * light))

    def paint_counter(self, canvas: Canvas, camera: Camera) -> None:
        """Paints the counter and the wall behind it."""
        height, width = canvas.image.shape[:2]
        sides = np.array([-HALF_WIDTH, HALF_WIDTH])
        front, _ = camera.project(np.array([[x, 0.0, 0.0] for x in sides * 0.5]))
        back, _ = camera.project(np.array([[x, COUNTER_DEPTH, 0.0] for x in sides * 0.5]))
        top, bottom = _rows(back, width, min, height), _rows(front, width, max, height)
        _warp(canvas, self._counter, camera, np.array([-HALF_WIDTH, 0.0, 0.0]), X, Y, (top, bottom))
        _warp(
            canvas,
            self._wall,
            camera,
            np.array([-HALF_WIDTH, COUNTER_DEPTH, 0.0]),
            X,
            Z,
            (0, _rows(back, width, max, height)),
        )
        self._quad(canvas, camera, 0.0, (-0.032, 0.0), tone(self._look.counter.colour, 0.62))

    def _quad(
        self, canvas: Canvas, camera: Camera, y: float, heights: tuple[float, float], colour: tuple[float, float, float]
    ) -> None:
        x = camera.position[0]
        corners = np.array(
            [[x + dx, y, z] for dx, z in ((-0.8, heights[0]), (0.8, heights[0]), (0.8, heights[1]), (-0.8, heights[1]))]
        )
        canvas.fill(fixed(camera.project(corners)[0]), colour, 0)


def _rows(line: Array, width: int, choose: object, height: int) -> int:
    """The first or last image row that a line crosses between the image's left and right edge."""
    (x0, y0), (x1, y1) = line
    slope = (y1 - y0) / (x1 - x0) if abs(x1 - x0) > 1e-6 else 0.0
    ends = (y0 - slope * x0, y0 + slope * (width - x0))
    row = min(ends) - 1 if choose is min else max(ends) + 2
    return int(np.clip(row, 0, height))


def _warp(
    canvas: Canvas,
    picture: NDArray[np.uint8],
    camera: Camera,
    origin: Array,
    along: Array,
    across: Array,
    rows: tuple[int, int],
) -> None:
    top, bottom = rows
    if bottom - top < 1:
        return
    to_image = camera.plane_to_image(origin, along / PIXELS_PER_METRE, across / PIXELS_PER_METRE)
    shift = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -top], [0.0, 0.0, 1.0]])
    strip = canvas.image[top:bottom]
    cv2.warpPerspective(
        picture,
        shift @ to_image,
        (strip.shape[1], bottom - top),
        dst=strip,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_TRANSPARENT,
    )


def paint_shadows(canvas: Canvas, camera: Camera, light: Light, outlines: Sequence[Array]) -> None:
    """Darkens the counter where bodies, given as points `[n, 3]`, keep the light away."""
    if not outlines:
        return
    points = np.concatenate(outlines)
    height = np.maximum(points[:, 2:], 0.0)
    cast = points - height * light.towards / light.towards[2]
    cast[:, 2] = 0.0
    xy = fixed(camera.project(cast)[0])
    mask = np.full(canvas.image.shape[:2], 255, dtype=np.uint8)
    start = 0
    for outline in outlines:
        hull: Pixels = cv2.convexHull(xy[start : start + len(outline)])
        cv2.fillConvexPoly(mask, hull, 255.0 * (1.0 - light.shadow), cv2.LINE_8, 4)
        start += len(outline)
    soft = cv2.blur(mask, (5, 5))
    cv2.multiply(canvas.image, cv2.merge((soft, soft, soft)), dst=canvas.image, scale=1.0 / 255.0)

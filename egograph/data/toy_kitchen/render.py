"""Rendering one video: every frame as the camera records it, and which body is seen where."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.develop import Development
from egograph.data.toy_kitchen.looks import Look
from egograph.data.toy_kitchen.paint import Canvas
from egograph.data.toy_kitchen.room import Room
from egograph.data.toy_kitchen.scene import Scene
from egograph.data.toy_kitchen.stage import Stage
from egograph.data.toy_kitchen.timeline import Points, Timeline, View

Image = NDArray[np.uint8]


CLOCK = 16  # a slower camera's frames are some of this many a second, so that all see the same head, lag and blur


class Renderer:
    """Renders the frames of one video, always to the same pixels; `every` gives those of its timeline that it shows."""

    def __init__(
        self,
        stage: Stage,
        look: Look,
        view: View,
        size: tuple[int, int],
        fps: int,
        seconds: float,
        seed: np.random.SeedSequence,
    ) -> None:
        camera_seed, room_seed, self._film_seed = seed.spawn(3)
        self.every = max(1, CLOCK // fps)
        clock = self.every * fps
        self.timeline = Timeline(stage, view, size, clock, seconds, np.random.default_rng(camera_seed))
        self._points = Points(self.timeline.bodies)
        self._look, self._lens, self._size = look, view.lens, size
        self._shutter = look.picture.shutter * clock / 16.0
        self._room = Room(look, np.random.default_rng(room_seed))

    def frames(self, with_bodies: NDArray[np.bool_]) -> Iterator[tuple[Image, Image | None]]:
        """The frames, uint8 `[H, W, 3]` RGB, with bodies' numbers `[H, W]` where `with_bodies` `[T]` asks for them."""
        film = Development(self._look.picture, self._lens, self._size, np.random.default_rng(self._film_seed))
        width, height = self._size
        for wanted, frame in zip(with_bodies, range(0, len(self.timeline.times), self.every), strict=True):
            bodies = np.zeros((height, width), dtype=np.uint8) if wanted else None
            canvas = Canvas(np.empty((height, width, 3), dtype=np.uint8), bodies)
            Scene(self.timeline, self._points, self._look, self._room, frame, canvas).paint(self._shutter)
            picture = film.expose(film.bend(canvas.image), float(self.timeline.times[frame]))
            yield picture, None if canvas.bodies is None else film.bend_bodies(canvas.bodies)

"""Painting food: what fills a bowl, and the pale marks on what was cut or peeled."""

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.camera import Camera
from egograph.data.toy_kitchen.looks import Light
from egograph.data.toy_kitchen.paint import Canvas, fixed, mix, tone
from egograph.data.toy_kitchen.solids import Seen, Solid, Turned
from egograph.data.toy_kitchen.timeline import Filling, Timeline


def paint_filling(canvas: Canvas, solid: Solid, seen: Seen, filling: Filling, frame: int) -> None:
    """The surface of what fills a container, and the chunks in it."""
    level = float(filling.level[frame])
    for part in solid.parts:
        if isinstance(part, Turned) and part.hollow and level > 0.03:
            outline = part.surface(seen, level)
            if outline is not None:
                light = seen.shade(part.top)
                canvas.fill(outline, tone(filling.colour, 0.92 * light), seen.body)
                if filling.chunks:
                    _paint_chunks(canvas, outline.reshape(-1, 2), filling, frame, light, seen.body)


def _paint_chunks(
    canvas: Canvas, outline: NDArray[np.int32], filling: Filling, frame: int, light: float, body: int
) -> None:
    centre = outline.mean(0)
    half = (outline.max(0) - outline.min(0)) / 2.0
    shape = 0.17 * half * np.array([(1.0, 0.0), (0.2, 1.0), (-1.0, 0.3), (-0.4, -0.9)])
    turn = float(filling.swirl[frame])
    for chunk in range(7):
        angle = 2.0 * np.pi * (chunk * 0.381966 + turn * (1.0 - 0.06 * chunk))
        radius = 0.25 + 0.55 * ((chunk * 0.618034) % 1.0)
        corners = centre + radius * half * (np.cos(angle), np.sin(angle)) + shape
        shade = mix(filling.colour, (255.0, 255.0, 235.0) if chunk % 2 else (60.0, 30.0, 15.0), 0.35)
        canvas.fill(corners.astype(np.int32), tone(shade, light), body)


def paint_cuts(canvas: Canvas, camera: Camera, light: Light, line: Timeline, frame: int, thing: int) -> None:
    """Pale lines across food that was cut or peeled, one after another."""
    share = float(line.cuts[frame, thing])
    if share < 0.05:
        return
    what = line.stage.things[thing]
    top, wide = 2.0 * what.grip[2], 0.7 * what.girth
    for slot in range(min(int(share * 5.0) + 1, 5)):
        if what.noun == "carrot":
            place = (slot - 2.0) * 0.022
            arc = [(-wide, place, 0.75 * top), (0.0, place, top), (wide, place, 0.75 * top)]
        else:
            place = (slot - 2.0) * 0.012
            arc = [(place, -wide, 0.72 * top), (place, 0.0, 0.97 * top), (place, wide, 0.72 * top)]
        world = np.array(arc) @ line.turn[frame, thing].T + line.position[frame, thing]
        colour = tone(what.peeled, light.ambient + 0.6 * light.diffuse)
        canvas.line(fixed(camera.project(world)[0]), colour)

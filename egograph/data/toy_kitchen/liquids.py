"""Painting what flows: the tap's water, a poured stream, drops from a squeezed thing."""

import numpy as np

from egograph.data.toy_kitchen.camera import Camera
from egograph.data.toy_kitchen.looks import Light
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, Colour, capsules, tone
from egograph.data.toy_kitchen.records import Flow
from egograph.data.toy_kitchen.timeline import Timeline

LIQUID_COLOURS: dict[str, Colour] = {
    "water": (196.0, 216.0, 226.0),
    "oil": (214.0, 178.0, 52.0),
    "milk": (246.0, 243.0, 234.0),
}
LIQUID_NAMES = tuple(LIQUID_COLOURS)
_FOAM: Colour = (222.0, 233.0, 241.0)


def paint_tap_water(canvas: Canvas, camera: Camera, line: Timeline, frame: int, height: float | None) -> None:
    """The tap's water and its splashes, down to a height in metres; without one down to the sink's floor."""
    sink, flicker = line.stage.sink, line.flicker[frame]
    flow = float(np.clip((line.levels["tap"][frame] - 0.25) / 0.4, 0.0, 1.0))
    if sink is None or flow <= 0.02:
        return
    low = sink.floor if height is None else height
    top = np.array(sink.spout)
    down = np.linspace(0.0, top[2] - low, 4)
    path = top + np.stack([0.003 * flicker[:4], 0.0 * down, -down], axis=1)
    xy, depth = camera.project(path)
    scale = camera.focal / depth
    ends = np.stack([xy[:-1], xy[1:]], axis=1)
    radii = np.maximum(0.0085 * flow * scale, 0.6)
    number = line.first_liquid + LIQUID_NAMES.index("water")
    for outline in capsules(ends, np.stack([radii[:-1], radii[1:]], axis=1)):
        canvas.veil(outline, _FOAM, 0.6, number)
    spots = xy[-1] + flicker.reshape(4, 2) * (0.03, 0.016) * scale[-1]
    for outline in capsules(np.stack([spots, spots + 1.0], axis=1), np.full((4, 2), 1.0 + 0.004 * scale[-1])):
        canvas.veil(outline, _FOAM, 0.7, number)


def paint_stream(canvas: Canvas, camera: Camera, light: Light, line: Timeline, frame: int, flow: Flow) -> None:
    """A poured liquid, from the vessel's tip into the container."""
    start = line.turn[frame, flow.thing] @ np.array(flow.tip) + line.position[frame, flow.thing]
    centre = line.position[frame, flow.container]
    end = 0.8 * start + 0.2 * centre
    end[2] = centre[2] + line.stage.things[flow.container].floor + 0.01
    middle = 0.5 * (start + end) + (0.002 * line.flicker[frame, 0], 0.0, 0.01)
    xy, depth = camera.project(np.stack([start, middle, end]))
    radii = np.maximum(np.array([0.008, 0.006, 0.007]) * camera.focal / depth, 0.7)
    ends = np.stack([xy[:-1], xy[1:]], axis=1)
    colour = tone(LIQUID_COLOURS[flow.noun], light.ambient + 0.7 * light.diffuse)
    number = line.first_liquid + LIQUID_NAMES.index(flow.noun)
    for outline in capsules(ends, np.stack([radii[:-1], radii[1:]], axis=1)):
        canvas.fill(outline, colour, number)


def paint_drops(
    canvas: Canvas, camera: Camera, light: Light, points: Array, since: float, juice: Colour, number: int
) -> None:
    """Drops that fall from a thing with world points `[n, 3]`, squeezed `since` seconds ago; four are on their way."""
    under = np.array([*points.mean(0)[:2], points[:, 2].min()])
    share = (2.2 * since + np.array([0.0, 0.27, 0.52, 0.77])) % 1.0
    fall = np.stack(
        [0.012 * np.sin(9.0 * share + number), 0.008 * np.cos(7.0 * share), -0.02 - 0.16 * share**1.5], axis=1
    )
    xy, depth = camera.project(np.concatenate([under + fall, under + fall + (0.0, 0.0, 0.018)]))
    radii = np.maximum(0.0055 * camera.focal / depth, 0.8)
    ends = np.stack([xy[:4], xy[4:]], axis=1)
    colour = tone(juice, light.ambient + 0.7 * light.diffuse)
    for outline in capsules(ends, np.stack([radii[:4], 0.4 * radii[4:]], axis=1)):
        canvas.fill(outline, colour, number)

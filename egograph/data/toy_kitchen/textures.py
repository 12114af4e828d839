"""Pictures of surfaces, seen from straight above: wood, stone, tiles and the like."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.paint import Colour

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]


def surface(
    kind: str, size: tuple[int, int], colour: Colour, other: Colour, scale: float, rng: np.random.Generator
) -> Picture:
    """A surface of `size` (width, height) pixels in two colours; `scale` is about the pixels of one tile or plank."""
    width, height = size
    share = PATTERNS[kind](width, height, scale, rng)
    shade = 1.0 + 0.05 * _noise(width, height, 90.0, rng) + 0.02 * _noise(width, height, 3.0, rng)
    picture = np.asarray(colour) + share[..., None] * (np.asarray(other) - np.asarray(colour))
    shaded: Picture = np.clip(picture * shade[..., None], 0, 255).astype(np.uint8)
    return shaded


def _noise(width: int, height: int, grain: float, rng: np.random.Generator, stretch: float = 1.0) -> Plane:
    """Smooth noise with patches of about `grain` pixels, `stretch` times as long across, in about -1..1."""
    columns, rows = max(int(width / grain / stretch), 2), max(int(height / grain), 2)
    coarse = rng.standard_normal((rows, columns)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))


def _unit(values: Plane) -> Plane:
    return np.clip(values, 0.0, 1.0)


def _plain(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    return _unit(0.15 + 0.1 * _noise(width, height, 1.5, rng))


def _wood(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    grain = _noise(width, height, 4.0, rng, 14.0) * 0.3 + _noise(width, height, 14.0, rng, 9.0) * 0.35
    planks = (np.arange(height) / scale).astype(int)
    tint = rng.uniform(-0.25, 0.25, planks.max() + 1)[planks][:, None]
    gap = (np.arange(height) % scale < 1.5)[:, None] * 0.6
    return _unit((0.4 + grain + tint + gap).astype(np.float32))


def _stone(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    specks: Plane = _noise(width, height, 2.5, rng) * 0.35 + _noise(width, height, 7.0, rng) * 0.25
    return _unit(0.35 + specks)


def _marble(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    bend = _noise(width, height, 60.0, rng) * 2.2 + _noise(width, height, 18.0, rng) * 0.5
    ramp = np.arange(width)[None, :] / (2.5 * scale) + np.arange(height)[:, None] / (4.0 * scale)
    return np.asarray(np.abs(np.sin(np.pi * (ramp + bend))) < 0.22, dtype=np.float32) * 0.6 + 0.1


def _tiles(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    columns, rows = np.arange(width)[None, :] / scale, np.arange(height)[:, None] / scale
    grout = (columns % 1.0 < 2.5 / scale) | (rows % 1.0 < 2.5 / scale)
    tint = rng.uniform(0.0, 0.3, (int(rows.max()) + 1, int(columns.max()) + 1))
    return np.where(grout, 1.0, tint[rows.astype(int), columns.astype(int)]).astype(np.float32)


def _bricks(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    rows = np.arange(height)[:, None] / (0.5 * scale)
    columns = np.arange(width)[None, :] / scale + 0.5 * (rows.astype(int) % 2)
    grout = (columns % 1.0 < 2.5 / scale) | (rows % 1.0 < 5.0 / scale)
    tint = rng.uniform(0.0, 0.3, (int(rows.max()) + 1, int(columns.max()) + 2))
    return np.where(grout, 1.0, tint[rows.astype(int), columns.astype(int)]).astype(np.float32)


def _stripes(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    return np.repeat((np.arange(width)[None, :] % scale < 0.35 * scale).astype(np.float32), height, 0)


def _checks(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    return ((np.arange(width)[None, :] // scale + np.arange(height)[:, None] // scale) % 2).astype(np.float32)


def _terrazzo(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    picture = np.full((height, width), 0.1, dtype=np.float32)
    for _ in range(int(width * height / (scale * scale) * 5)):
        centre = rng.uniform((0, 0), (width, height))
        chip = centre + rng.uniform(-0.2, 0.2, (5, 2)) * scale
        cv2.fillConvexPoly(picture, cv2.convexHull(chip.astype(np.int32)), float(rng.uniform(0.5, 1.0)))
    return picture


def _zigzag(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    saw = np.abs((np.arange(width)[None, :] / scale) % 1.0 - 0.5)
    return ((np.arange(height)[:, None] / scale + saw) % 0.5 < 0.2).astype(np.float32)


def _dots(width: int, height: int, scale: float, rng: np.random.Generator) -> Plane:
    columns, rows = np.arange(width)[None, :] / scale, np.arange(height)[:, None] / scale
    columns = columns + 0.5 * (rows.astype(int) % 2)
    return (np.hypot(columns % 1.0 - 0.5, rows % 1.0 - 0.5) < 0.28).astype(np.float32)


PATTERNS: dict[str, Callable[[int, int, float, np.random.Generator], Plane]] = {
    "plain": _plain,
    "wood": _wood,
    "stone": _stone,
    "marble": _marble,
    "tiles": _tiles,
    "bricks": _bricks,
    "stripes": _stripes,
    "checks": _checks,
    "terrazzo": _terrazzo,
    "zigzag": _zigzag,
    "dots": _dots,
}

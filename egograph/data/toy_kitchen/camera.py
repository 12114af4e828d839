"""The head-mounted camera: a pinhole with a mild lens, and how the head moves."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from egograph.data.toy_kitchen.motion import Array


@dataclass(frozen=True)
class Camera:
    """A pinhole camera.

    Attributes:
        position: `[3]`, metres.
        turn: `[3, 3]`, rows are the camera's right, down and forward in the world.
        focal: focal length in pixels.
        centre: `[2]`, the principal point in pixels.
    """

    position: Array
    turn: Array
    focal: float
    centre: Array

    def project(self, points: Array) -> tuple[Array, Array]:
        """Pixels `[n, 2]` and depths `[n]` (metres along the view) of points `[n, 3]`."""
        seen = (points - self.position) @ self.turn.T
        depth = np.maximum(seen[:, 2], 0.03)
        return seen[:, :2] * (self.focal / depth)[:, None] + self.centre, depth

    def plane_to_image(self, origin: Array, along: Array, across: Array) -> Array:
        """The homography `[3, 3]` from a plane's coordinates (in units of `along` and `across`) to pixels."""
        columns = np.stack([along, across, origin - self.position], axis=1)
        intrinsics = np.array([[self.focal, 0.0, self.centre[0]], [0.0, self.focal, self.centre[1]], [0.0, 0.0, 1.0]])
        return np.asarray(intrinsics @ self.turn @ columns)


@dataclass(frozen=True)
class HeadMotion:
    """How a head moves.

    Attributes:
        height: metres above the counter.
        back: metres from the counter's front edge to the eyes, backwards.
        look_past: metres by which the eyes look past what the hands do.
        sway: metres, size of the slow drift of the eyes.
        wander: metres, size of the drift of the point looked at.
        roll: radians, size of the head's tilt.
        speed: how fast the drift is, 1 is calm.
        follow: how far the head turns to the acting hand, 0..1.
        bob: metres, size of a regular up and down at walking pace.
    """

    height: float
    back: float
    look_past: float
    sway: float
    wander: float
    roll: float
    speed: float
    follow: float
    bob: float


def head_poses(motion: HeadMotion, focus: Array, fps: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Camera positions `[T, 3]` and turns `[T, 3, 3]` for points of attention `focus` `[T, 3]`."""
    count = len(focus)
    followed = _lag(focus, 0.35 * fps)
    body = _lag(focus, 0.9 * fps)
    eyes = np.stack(
        [
            motion.follow * 0.8 * body[:, 0],
            np.full(count, -motion.back) - 0.55 * motion.follow * np.maximum(0.0, 0.10 - body[:, 1]),
            np.full(count, motion.height),
        ],
        axis=1,
    )
    # Hands are seen in the lower half of the picture: the eyes look past them.
    calm = np.array([0.0, 0.22, 0.03])
    target = calm + motion.follow * np.array([0.88, 0.60, 0.75]) * (followed - calm)
    target[:, 1] += motion.look_past
    eyes += motion.sway * _drift(count, 3, motion.speed / fps, rng)
    eyes[:, 2] += motion.bob * np.sin(2.0 * np.pi * 1.8 * np.arange(count) / fps)
    target += motion.wander * _drift(count, 3, 1.3 * motion.speed / fps, rng)
    roll = motion.roll * _drift(count, 1, motion.speed / fps, rng)[:, 0]
    return eyes, _look_at(eyes, target, roll)


def _lag(track: Array, frames: float) -> Array:
    """The track, smoothed twice by a causal exponential of `frames` frames."""
    keep = np.exp(-2.0 / max(frames, 1e-6))
    for _ in range(2):
        smooth = np.empty_like(track)
        smooth[0] = track[0]
        for index in range(1, len(track)):
            smooth[index] = keep * smooth[index - 1] + (1.0 - keep) * track[index]
        track = smooth
    return track


def _drift(count: int, channels: int, step: float, rng: np.random.Generator) -> Array:
    """Smooth noise `[count, channels]` in about -1..1; `step` is the calm time passed a frame in seconds."""
    rates = rng.uniform(0.12, 1.1, (5, 1, channels))
    phases = rng.uniform(0.0, 2.0 * np.pi, (5, 1, channels))
    weights = 1.0 / (0.4 + rates)
    time = np.arange(count)[None, :, None] * step
    waves = weights * np.sin(2.0 * np.pi * rates * time + phases)
    return np.asarray(waves.sum(0) / weights.sum(0) * 1.6)


def _look_at(eyes: Array, target: Array, roll: Array) -> Array:
    forward = target - eyes
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    down = np.cross(forward, right)
    cosine, sine = np.cos(roll)[:, None], np.sin(roll)[:, None]
    return np.stack([cosine * right + sine * down, cosine * down - sine * right, forward], axis=1)


@dataclass(frozen=True)
class Lens:
    """Radial distortion: the frame shows, at distance r (half diagonals) from its centre, the pinhole's 1 + bend r²."""

    bend: float

    @property
    def margin(self) -> float:
        """How much wider than the frame the pinhole's picture must be."""
        return 1.0 + max(self.bend, 0.0)

    def maps(self, width: int, height: int) -> tuple[Any, Any]:
        """`cv2.remap`'s fixed-point maps from the frame to the pinhole's picture of the same size."""
        import cv2

        x, y = np.meshgrid(np.arange(width) + 0.5 - width / 2, np.arange(height) + 0.5 - height / 2)
        radius = (x**2 + y**2) / ((width / 2) ** 2 + (height / 2) ** 2)
        stretch = (1.0 + self.bend * radius) / self.margin
        across, along = x * stretch + width / 2 - 0.5, y * stretch + height / 2 - 0.5
        return cv2.convertMaps(across.astype(np.float32), along.astype(np.float32), cv2.CV_16SC2)

"""Rigid poses and how they change over time: minimum-jerk moves, carrying, shaking."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Poses:
    """`n` rigid poses in the world (metres, z up) or relative to another body.

    Attributes:
        position: `[n, 3]`.
        turn: `[n, 3, 3]`, rotation matrices from the body's axes to the world's.
    """

    position: Array
    turn: Array

    def __getitem__(self, which: slice) -> "Poses":
        return Poses(self.position[which], self.turn[which])


Piece = Callable[[Array], Poses]


def pose(position: Array | tuple[float, float, float], turn: Array | None = None) -> Poses:
    """One pose (`n` = 1)."""
    matrix = np.eye(3) if turn is None else turn
    return Poses(np.asarray(position, dtype=np.float64).reshape(1, 3), matrix.reshape(1, 3, 3))


def euler(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Array:
    """`[3, 3]`: roll about y, then pitch about x, then yaw about z (radians)."""
    return about(2, yaw) @ about(0, pitch) @ about(1, roll)


def about(axis: int, angle: float) -> Array:
    """`[3, 3]`: a turn by `angle` radians about coordinate axis 0, 1 or 2."""
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[first, first] = matrix[second, second] = np.cos(angle)
    matrix[second, first] = np.sin(angle)
    matrix[first, second] = -matrix[second, first]
    return matrix


def turns_about(axis: Array, angle: Array) -> Array:
    """`[n, 3, 3]`: turns by `angle` `[n]` radians about a unit vector (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    sine, rest = np.sin(angle)[:, None, None], (1.0 - np.cos(angle))[:, None, None]
    turns: Array = np.eye(3) + sine * cross + rest * (cross @ cross)
    return turns


def compose(outer: Poses, inner: Poses) -> Poses:
    """The pose, in the world, of what has pose `inner` relative to `outer`; either may be a single pose."""
    moved = np.einsum("nij,nj->ni", np.broadcast_to(outer.turn, _shape(outer, inner)), inner.position)
    return Poses(outer.position + moved, outer.turn @ inner.turn)


def relative(outer: Poses, inner: Poses) -> Poses:
    """The pose of `inner` relative to `outer`: `compose(outer, relative(outer, inner))` is `inner`."""
    back = np.swapaxes(outer.turn, 1, 2)
    shift = inner.position - outer.position
    return Poses(np.einsum("nij,nj->ni", np.broadcast_to(back, (len(shift), 3, 3)), shift), back @ inner.turn)


def _shape(outer: Poses, inner: Poses) -> tuple[int, int, int]:
    return max(len(outer.position), len(inner.position)), 3, 3


def minimum_jerk(share: Array) -> Array:
    """Position 0..1 at a share 0..1 of the time, as a reaching hand moves (Flash and Hogan 1985)."""
    share = np.clip(share, 0.0, 1.0)
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))


def ramp(times: Array, start: float, stop: float) -> Array:
    """0 before `start`, 1 after `stop`, minimum-jerk between."""
    return minimum_jerk((times - start) / max(stop - start, 1e-6))


def blend(first: Poses, last: Poses, share: Array) -> Poses:
    """Poses between two single poses, at shares `[n]` of the way."""
    axis, angle = _axis_angle(first.turn[0].T @ last.turn[0])
    position = first.position + share[:, None] * (last.position - first.position)
    return Poses(position, first.turn[0] @ turns_about(axis, share * angle))


def _axis_angle(turn: Array) -> tuple[Array, float]:
    angle = float(np.arccos(np.clip((np.trace(turn) - 1.0) / 2.0, -1.0, 1.0)))
    if angle < 1e-6:
        return np.array([0.0, 0.0, 1.0]), 0.0
    if angle > np.pi - 1e-4:
        column = (turn + np.eye(3))[:, int(np.argmax(np.diag(turn)))]
        return column / np.linalg.norm(column), angle
    axis = np.array([turn[2, 1] - turn[1, 2], turn[0, 2] - turn[2, 0], turn[1, 0] - turn[0, 1]])
    return axis / (2.0 * np.sin(angle)), angle


def still(where: Poses) -> Piece:
    """A body that stays."""
    return lambda times: Poses(np.repeat(where.position, len(times), 0), np.repeat(where.turn, len(times), 0))


def moving(first: Poses, last: Poses, start: float, stop: float, arc: float = 0.0) -> Piece:
    """A minimum-jerk move between single poses, raised by `arc` metres halfway."""

    def at(times: Array) -> Poses:
        share = ramp(times, start, stop)
        between = blend(first, last, share)
        between.position[:, 2] += 4.0 * arc * share * (1.0 - share)
        return between

    return at


def lifting(first: Poses, last: Poses, start: float, stop: float) -> Piece:
    """Up first, then across."""
    span = stop - start

    def at(times: Array) -> Poses:
        up = ramp(times, start, start + 0.7 * span)
        between = blend(first, last, ramp(times, start + 0.2 * span, stop))
        between.position[:, 2] = first.position[0, 2] + up * (last.position[0, 2] - first.position[0, 2])
        return between

    return at


def over_rim(first: Poses, last: Poses, start: float, stop: float) -> Piece:
    """Across first, then down."""
    span = stop - start
    high = max(float(first.position[0, 2]), float(last.position[0, 2]) + 0.10)

    def at(times: Array) -> Poses:
        between = blend(first, last, ramp(times, start, start + 0.8 * span))
        up, down = ramp(times, start, start + 0.5 * span), ramp(times, start + 0.55 * span, stop)
        risen = first.position[0, 2] + up * (high - first.position[0, 2])
        between.position[:, 2] = risen + down * (last.position[0, 2] - high)
        return between

    return at


def swinging(
    base: Poses, shift: Array, turn_axis: Array, angle: float, rate: float, start: float, stop: float
) -> Piece:
    """Swings about a pose: `shift` metres and `angle` radians each way, `rate` times a second."""

    def at(times: Array) -> Poses:
        size = ramp(times, start, start + 0.15) * (1.0 - ramp(times, stop - 0.15, stop))
        swing = size * np.sin(2.0 * np.pi * rate * (times - start))
        return Poses(base.position + swing[:, None] * shift, turns_about(turn_axis, angle * swing) @ base.turn)

    return at


class Course:
    """A body's poses over time, put together from pieces that each hold until the next one starts."""

    def __init__(self, first: Piece) -> None:
        self._starts = [-np.inf]
        self._pieces = [first]

    def then(self, start: float, piece: Piece) -> None:
        """From `start` seconds on, the body follows `piece`.

        Raises:
            ValueError: `start` lies before the last piece's.
        """
        if start < self._starts[-1]:
            raise ValueError(f"a piece at {start:.3f} s after one at {self._starts[-1]:.3f} s")
        self._starts.append(start)
        self._pieces.append(piece)

    def at(self, times: Array) -> Poses:
        """The poses at times `[n]` (seconds, ascending)."""
        result = Poses(np.empty((len(times), 3)), np.empty((len(times), 3, 3)))
        which = np.searchsorted(self._starts, times, side="right") - 1
        for index in np.unique(which):
            chosen = which == index
            part = self._pieces[index](times[chosen])
            result.position[chosen], result.turn[chosen] = part.position, part.turn
        return result

    def pose_at(self, time: float) -> Poses:
        """The single pose at a time."""
        piece = self._pieces[bisect_right(self._starts, time) - 1]
        return piece(np.array([time]))


def carried(carrier: Course, offset: Poses) -> Piece:
    """A body fixed to another one."""
    return lambda times: compose(carrier.at(times), offset)


class Level:
    """A number over time (a door's angle, a tap's flow): held, then moved by minimum-jerk ramps or waves."""

    def __init__(self, first: float) -> None:
        self._first = first
        self._last = first
        self._changes: list[Callable[[Array], Array]] = []

    @property
    def last(self) -> float:
        """The value after everything that was planned."""
        return self._last

    def ramp_to(self, value: float, start: float, stop: float) -> None:
        """Moves to `value` between two times."""
        change = value - self._last
        self._changes.append(lambda times: change * ramp(times, start, stop))
        self._last = value

    def wave(self, size: float, start: float, stop: float, cycles: float) -> None:
        """Adds `cycles` raised-cosine waves of height `size` between two times."""

        def at(times: Array) -> Array:
            share = np.clip((times - start) / (stop - start), 0.0, 1.0)
            return size * 0.5 * (1.0 - np.cos(2.0 * np.pi * round(cycles) * share))

        self._changes.append(at)

    def at(self, times: Array) -> Array:
        """The values at times `[n]`."""
        total = np.full(len(times), self._first)
        for change in self._changes:
            total += change(times)
        return total

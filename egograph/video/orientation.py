"""Turn pictures upright: what a camera's display matrix asks of whoever shows them."""

from typing import Any, Literal

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

Matrix = tuple[int, int, int, int]

UPRIGHT: Matrix = (1, 0, 0, 1)


def display_matrix(picture: VideoFrame) -> Matrix:
    """The signs `(a, b, c, d)` of a frame's display matrix, by the nearest quarter turn.

    A point `(x, y)` of the picture, x to the right and y down, is to be shown at `(a x + c y, b x + d y)`.
    """
    data: Any = picture.side_data.get("DISPLAYMATRIX")
    if data is None:
        return UPRIGHT
    a, b, _, c, d = np.frombuffer(memoryview(data), dtype=np.int32)[:5].tolist()
    if abs(a) >= abs(b):
        return (_sign(a), 0, 0, _sign(d))
    return (0, _sign(b), _sign(c), 0)


def is_mirrored(matrix: Matrix) -> bool:
    """Whether it takes a flip, and not turns alone, to make the picture upright."""
    a, b, c, d = matrix
    return a * d - b * c < 0


def upright(pixels: NDArray[np.uint8], matrix: Matrix) -> NDArray[np.uint8]:
    """Show pixels `[H, W, 3]` as their display matrix asks: `[H, W, 3]`, or `[W, H, 3]` after a quarter turn."""
    a, b, c, d = matrix
    if a == 0:
        pixels = pixels.swapaxes(0, 1)
    right, down = a + c, b + d
    return pixels[::down, ::right]


def _sign(value: int) -> Literal[-1, 1]:
    return -1 if value < 0 else 1

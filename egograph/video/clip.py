"""A clip: what one step of the path sees of a stream."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST_CLIP = 64  # frames


@dataclass(frozen=True)
class Clip:
    """`T` frames of one stream on the fixed clock.

    Attributes:
        stream: the stream's name.
        index: the clip's place on the clock, counted from 0; without holes, unless a live stream's clips were dropped.
        frames: uint8 `[T, H, W, 3]`, RGB, upright.
        times: float64 `[T]`, seconds from the stream's first frame to each shown frame. Padding repeats the last frame.
        valid: bool `[T]`, false where the stream had ended and the frame is padding.
        start: seconds, the clip's first tick.
        stop: seconds, where the clip's label ends: the next clip's start, or the stream's end.
    """

    stream: str
    index: int
    frames: NDArray[np.uint8]
    times: NDArray[np.float64]
    valid: NDArray[np.bool_]
    start: float
    stop: float

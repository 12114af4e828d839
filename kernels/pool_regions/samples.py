"""Where a region is sampled: a fixed grid of points in its box, at half pixels, clamped to the border."""

import torch
from torch import Tensor

SAMPLES = 4  # along each axis of a region


def axis_positions(start: Tensor, stop: Tensor, cells: int) -> Tensor:
    """Where sides from start to stop `[N]` (0 … 1) are sampled: `[N, S]` in cells, centred on integers.

    A side that is empty or inverted is sampled at its centre.
    """
    length = (stop - start).clamp(min=0)
    start = (start + stop - length) / 2
    step = (torch.arange(SAMPLES, dtype=start.dtype, device=start.device) + 0.5) / SAMPLES
    return ((start[:, None] + length[:, None] * step) * cells - 0.5).clamp_(0, cells - 1)

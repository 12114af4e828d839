"""RoIAlign written out, one region and one sample at a time, any precision, gradients by autograd."""

import torch
from torch import Tensor

from egograph.kernels.pool_regions.samples import SAMPLES


def pool_regions_reference(patches: Tensor, box: Tensor, frame: Tensor) -> Tensor:
    """What `egograph.ops.pool_regions` gives `[N, D]`: patches `[F, h, w, D]`, box `[N, 4]`, frame `[N]`."""
    high, wide = patches.shape[1:3]
    rows = []
    for (left, top, right, bottom), index in zip(box.tolist(), frame.tolist(), strict=True):
        samples = [
            _bilinear(patches[index], y, x)
            for y in _positions(top, bottom, high)
            for x in _positions(left, right, wide)
        ]
        rows.append(torch.stack(samples).mean(0))
    return torch.stack(rows) if rows else patches.new_zeros((0, patches.shape[3]))


def _positions(start: float, stop: float, cells: int) -> list[float]:
    """Where a side is sampled, in cells; cell c has its centre at c."""
    if stop <= start:
        start = stop = (start + stop) / 2
    steps = ((s + 0.5) / SAMPLES for s in range(SAMPLES))
    return [min(max((start + (stop - start) * step) * cells - 0.5, 0), cells - 1) for step in steps]


def _bilinear(grid: Tensor, y: float, x: float) -> Tensor:
    """The value `[D]` of grid `[h, w, D]` between its cells' centres."""
    row, column = int(y), int(x)
    below, beside = min(row + 1, grid.shape[0] - 1), min(column + 1, grid.shape[1] - 1)
    upper = grid[row, column] * (1 - x + column) + grid[row, beside] * (x - column)
    lower = grid[below, column] * (1 - x + column) + grid[below, beside] * (x - column)
    return upper * (1 - y + row) + lower * (y - row)

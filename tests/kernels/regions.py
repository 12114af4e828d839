"""Regions that pooling gets wrong, and patch grids to pool from."""

import torch
from torch import Tensor

BOXES: dict[str, list[float]] = {
    "the whole frame": [0.0, 0.0, 1.0, 1.0],
    "fractional": [0.13, 0.21, 0.57, 0.83],
    "inside one patch": [0.51, 0.51, 0.52, 0.52],
    "past the border": [-0.4, 0.3, 0.2, 1.7],
    "around the frame": [-2.0, -2.0, 3.0, 3.0],
    "outside the frame": [1.2, 1.2, 1.5, 1.4],
    "empty": [0.4, 0.6, 0.4, 0.6],
    "a line": [0.1, 0.5, 0.9, 0.5],
    "inverted": [0.8, 0.7, 0.2, 0.1],
}


def awkward_regions() -> tuple[Tensor, Tensor]:
    """Every box in each of the frames 0, 3 and 1: box `[N, 4]` and frame `[N]`. Frame 2 has none."""
    box = torch.tensor(list(BOXES.values()), dtype=torch.float64)
    return box.repeat(3, 1), torch.tensor([0, 3, 1]).repeat_interleave(len(box))


def random_patches(frames: int, high: int, wide: int, dim: int, dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(frames, high, wide, dim, generator=generator, dtype=torch.float64).to(dtype)

"""Region features on the CPU: a weighted bag of patches each; their gradient, one matrix product a frame."""

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from egograph.kernels.pool_regions.samples import SAMPLES, axis_positions


def pool_forward(patches: Tensor, box: Tensor, frame: Tensor) -> Tensor:
    """`[N, D]` from patches `[F, h, w, D]`, box `[N, 4]` and frame `[N]`."""
    _, high, wide, dim = patches.shape
    if frame.shape[0] == 0:
        return patches.new_zeros((0, dim))
    y, y_weight = _taps(axis_positions(box[:, 1], box[:, 3], high), high)
    x, x_weight = _taps(axis_positions(box[:, 0], box[:, 2], wide), wide)
    patch = (frame[:, None, None] * high + y[:, :, None]) * wide + x[:, None, :]  # [N, 2S, 2S]
    weight = y_weight[:, :, None] * x_weight[:, None, :]
    return embedding_bag(patch.flatten(1), patches.reshape(-1, dim), per_sample_weights=weight.flatten(1), mode="sum")


def pool_backward(grad: Tensor, box: Tensor, frame: Tensor, frames: int, high: int, wide: int) -> Tensor:
    """The gradient of patches, `[F, h, w, D]`, from that of the output, `[N, D]`.

    Regions are laid out by frame, as many slots a frame as the fullest has, and each frame is one product.
    """
    dim = grad.shape[1]
    if frame.shape[0] == 0:
        return grad.new_zeros((frames, high, wide, dim))
    y = _hat(axis_positions(box[:, 1], box[:, 3], high), high)
    x = _hat(axis_positions(box[:, 0], box[:, 2], wide), wide)
    frame, order = torch.sort(frame, stable=True)
    count = torch.bincount(frame, minlength=frames)
    slots = int(count.max())
    slot = frame * slots + torch.arange(frame.shape[0]) - (count.cumsum(0) - count)[frame]
    y, x, grad = (_lay_out(rows[order], slot, frames, slots) for rows in (y, x, grad))
    weight = (y[..., :, None] * x[..., None, :]).flatten(2)  # [F, slots, h·w]
    return torch.bmm(weight.mT, grad).view(frames, high, wide, dim)


def _lay_out(rows: Tensor, slot: Tensor, frames: int, slots: int) -> Tensor:
    """Rows `[N, C]` in their slots: `[F, slots, C]`, 0 in a slot that is left over."""
    return rows.new_zeros((frames * slots, rows.shape[1])).index_copy_(0, slot, rows).unflatten(0, (frames, slots))


def _taps(position: Tensor, cells: int) -> tuple[Tensor, Tensor]:
    """The two cells around each position `[N, S]` and their weights in the mean, both `[N, 2S]`."""
    lower = position.floor()
    share = (position - lower) / SAMPLES
    cell = lower.long()
    beside = (cell + 1).clamp_(max=cells - 1)
    return torch.cat([cell, beside], dim=1), torch.cat([1 / SAMPLES - share, share], dim=1)


def _hat(position: Tensor, cells: int) -> Tensor:
    """The weight of every cell in the mean over positions `[N, S]`: `[N, cells]`."""
    cell = torch.arange(cells, dtype=position.dtype)
    return (1 - (position[:, :, None] - cell).abs()).clamp_(min=0).mean(1)

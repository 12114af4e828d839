"""Region features on the GPU: a program a region; their gradient: a program a row of patches, no atomics."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import torch
import triton
import triton.language as tl
from torch import Tensor

from egograph.kernels.pool_regions.samples import SAMPLES, axis_positions


@triton.jit
def forward_kernel(
    patches,
    y,
    x,
    frame,
    out,
    high,
    wide,
    dim,
    samples: tl.constexpr,
    block: tl.constexpr,
    dtype: tl.constexpr,
):
    """Writes `block` channels of one region's feature: out [N, D] from positions y and x [N, S]."""
    region = tl.program_id(0).to(tl.int64)
    sample = tl.arange(0, samples * samples)
    channel = tl.program_id(1) * block + tl.arange(0, block)
    inside = (channel < dim)[None, :]
    at_y = tl.load(y + region * samples + sample // samples)
    at_x = tl.load(x + region * samples + sample % samples)
    row, column = tl.floor(at_y).to(tl.int32), tl.floor(at_x).to(tl.int32)
    below, beside = tl.minimum(row + 1, high - 1), tl.minimum(column + 1, wide - 1)
    down, right = (at_y - row.to(dtype))[:, None], (at_x - column.to(dtype))[:, None]

    grid = patches + tl.load(frame + region).to(tl.int64) * high * wide * dim + channel[None, :]  # [1, BLOCK]
    upper_left = tl.load(grid + ((row * wide + column) * dim)[:, None], mask=inside, other=0.0).to(dtype)
    upper_right = tl.load(grid + ((row * wide + beside) * dim)[:, None], mask=inside, other=0.0).to(dtype)
    lower_left = tl.load(grid + ((below * wide + column) * dim)[:, None], mask=inside, other=0.0).to(dtype)
    lower_right = tl.load(grid + ((below * wide + beside) * dim)[:, None], mask=inside, other=0.0).to(dtype)
    upper = upper_left * (1 - right) + upper_right * right
    lower = lower_left * (1 - right) + lower_right * right
    mean = tl.sum(upper * (1 - down) + lower * down, axis=0) / (samples * samples)
    tl.store(out + region * dim + channel, mean.to(out.dtype.element_ty), mask=channel < dim)


@triton.jit
def backward_kernel(
    grad,
    y,
    x,
    region_order,
    start_of_frame,
    grad_patches,
    high,
    wide,
    dim,
    samples: tl.constexpr,
    columns: tl.constexpr,
    block: tl.constexpr,
    dtype: tl.constexpr,
):
    """Writes one row of one frame of grad_patches [F, h, w, D], from the grad [N, D] of its regions."""
    line = tl.program_id(0).to(tl.int64)
    row = (line % high).to(dtype)
    channel = tl.program_id(1) * block + tl.arange(0, block)
    column = tl.arange(0, columns)
    step = tl.arange(0, samples)
    sums = tl.zeros([columns, block], dtype)
    start = tl.load(start_of_frame + line // high)
    stop = tl.load(start_of_frame + line // high + 1)
    for place in range(start, stop):
        region = tl.load(region_order + place)
        at_y = tl.load(y + region * samples + step)
        at_x = tl.load(x + region * samples + step)
        down = tl.sum(tl.maximum(1 - tl.abs(at_y - row), 0.0), axis=0) / samples
        near = tl.maximum(1 - tl.abs(at_x[:, None] - column[None, :].to(dtype)), 0.0)  # [S, C]
        weight = down * tl.sum(near, axis=0) / samples
        given = tl.load(grad + region * dim + channel, mask=channel < dim, other=0.0).to(dtype)
        sums += weight[:, None] * given[None, :]
    place = (line * wide + column[:, None]) * dim + channel[None, :]
    mask = (column < wide)[:, None] & (channel < dim)[None, :]
    tl.store(grad_patches + place, sums.to(grad_patches.dtype.element_ty), mask=mask)


def pool_forward(patches: Tensor, box: Tensor, frame: Tensor) -> Tensor:
    """`[N, D]` from patches `[F, h, w, D]`, box `[N, 4]` and frame `[N]`."""
    _, high, wide, dim = patches.shape
    out = patches.new_empty((frame.shape[0], dim))
    y, x = axis_positions(box[:, 1], box[:, 3], high), axis_positions(box[:, 0], box[:, 2], wide)
    if out.numel() > 0:
        block = min(128, triton.next_power_of_2(dim))
        forward_kernel[(frame.shape[0], triton.cdiv(dim, block))](
            patches.contiguous(),
            y,
            x,
            frame.contiguous(),
            out,
            high,
            wide,
            dim,
            samples=SAMPLES,
            block=block,
            dtype=_working_type(y),
        )
    return out


def pool_backward(grad: Tensor, box: Tensor, frame: Tensor, frames: int, high: int, wide: int) -> Tensor:
    """The gradient of patches, `[F, h, w, D]`, from that of the output, `[N, D]`."""
    dim = grad.shape[1]
    grad_patches = grad.new_empty((frames, high, wide, dim))
    y, x = axis_positions(box[:, 1], box[:, 3], high), axis_positions(box[:, 0], box[:, 2], wide)
    frame, region_order = torch.sort(frame, stable=True)
    start_of_frame = torch.searchsorted(frame, torch.arange(frames + 1, device=frame.device))
    if grad_patches.numel() > 0:
        block = min(32, triton.next_power_of_2(dim))
        backward_kernel[(frames * high, triton.cdiv(dim, block))](
            grad.contiguous(),
            y,
            x,
            region_order,
            start_of_frame,
            grad_patches,
            high,
            wide,
            dim,
            samples=SAMPLES,
            columns=triton.next_power_of_2(wide),
            block=block,
            dtype=_working_type(y),
        )
    return grad_patches


def _working_type(positions: Tensor) -> tl.dtype:
    return tl.float64 if positions.dtype == torch.float64 else tl.float32

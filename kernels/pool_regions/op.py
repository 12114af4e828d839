"""Region pooling as a torch op: CUDA tensors take the Triton form, CPU tensors the bag of patches."""

from typing import Any

import torch
from torch import Tensor

from egograph.kernels.pool_regions import cpu
from egograph.kernels.register import Derivative, register_op
from egograph.kernels.working_type import working_type


def pool_regions(patches: Tensor, box: Tensor, frame: Tensor) -> Tensor:
    """The feature of each region, pooled from its frame's patch grid.

    RoIAlign (https://arxiv.org/abs/1703.06870) with one output cell: the mean of 4 × 4 bilinear samples in
    the box, cell centres at half pixels, samples beyond the border clamped to it. A side that is empty or
    inverted is sampled at its centre. Only patches get a gradient; boxes get none.

    Args:
        patches: `[F, h, w, D]`.
        box: `[N, 4]`, xyxy in 0 … 1 of the whole grid.
        frame: int64 `[N]`, the frame of each region, in 0 … F - 1.

    Returns:
        `[N, D]` in the type of patches.

    Raises:
        ValueError: a shape is wrong, or a region's frame is not there, which is looked at on the CPU alone and not
            while torch.compile traces.
    """
    _check(patches, box, frame)
    pooled: Tensor = pool_op(patches, box.detach(), frame)
    return pooled


def _pool(patches: Tensor, box: Tensor, frame: Tensor) -> Tensor:
    """`[N, D]` from patches `[F, h, w, D]`, box `[N, 4]` and frame `[N]`."""
    box = box.to(working_type(patches))
    if patches.device.type == "cpu":
        return cpu.pool_forward(patches.to(box.dtype), box, frame).to(patches.dtype)
    from egograph.kernels.pool_regions import triton_align  # Triton is there on GPU machines alone

    with torch.cuda.device(patches.device):
        return triton_align.pool_forward(patches, box, frame)


def _fake_pool(patches: Tensor, box: Tensor, frame: Tensor) -> Tensor:
    return patches.new_empty((frame.shape[0], patches.shape[3]))


def _pool_backward(grad: Tensor, box: Tensor, frame: Tensor, frames: int, high: int, wide: int) -> Tensor:
    """The gradient of patches, `[F, h, w, D]`, from that of the output, `[N, D]`."""
    box = box.to(working_type(grad))
    if grad.device.type == "cpu":
        return cpu.pool_backward(grad.to(box.dtype), box, frame, frames, high, wide).to(grad.dtype)
    from egograph.kernels.pool_regions import triton_align

    with torch.cuda.device(grad.device):
        return triton_align.pool_backward(grad, box, frame, frames, high, wide)


def _fake_pool_backward(grad: Tensor, box: Tensor, frame: Tensor, frames: int, high: int, wide: int) -> Tensor:
    return grad.new_empty((frames, high, wide, grad.shape[1]))


pool_backward_op = register_op("pool_regions_backward", _pool_backward, _fake_pool_backward)


def _setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor], output: Tensor) -> None:
    patches, box, frame = inputs
    ctx.save_for_backward(box, frame)
    ctx.grid = patches.shape[:3]


def _backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
    box, frame = ctx.saved_tensors
    return pool_backward_op(grad, box, frame, *ctx.grid), None, None


pool_op = register_op("pool_regions", _pool, _fake_pool, Derivative(_setup_context, _backward))


def _check(patches: Tensor, box: Tensor, frame: Tensor) -> None:
    if patches.ndim != 4:
        raise ValueError(f"patches: shape {list(patches.shape)}; give [F, h, w, D]")
    if frame.ndim != 1 or frame.is_floating_point():
        raise ValueError(f"frame: {frame.dtype} {list(frame.shape)}; give integers of shape [N]")
    if tuple(box.shape) != (frame.shape[0], 4):
        raise ValueError(f"box: shape {list(box.shape)}; give [{frame.shape[0]}, 4] for {frame.shape[0]} regions")
    if frame.device.type == "cpu" and frame.numel() > 0 and not torch.compiler.is_compiling():
        first, last = (int(x) for x in frame.aminmax())
        if first < 0 or last >= patches.shape[0]:
            wrong = first if first < 0 else last
            raise ValueError(
                f"frame: names frame {wrong} of {patches.shape[0]}; pool only regions whose frame is there"
            )

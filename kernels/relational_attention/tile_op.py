"""Attention over tiles as a torch op: CUDA tensors take the Triton form, CPU tensors dense products."""

from typing import Any

import torch
from torch import Tensor

from egograph.kernels.register import Derivative, register_op
from egograph.kernels.relational_attention import cpu_tile
from egograph.kernels.working_type import working_type


def tile_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ptr: Tensor,
    code: Tensor,
    mask: Tensor | None,
    relation_bias: Tensor | None,
    confidence: Tensor | None,
    scale: float,
    isolated: bool,
) -> tuple[Tensor, Tensor]:
    """The output `[N, H, D]`, and the log-sum-exp `[N, H]`: +inf for a node without edges; on the CPU `[0]`, unused.

    Args:
        query: `[N, H, D]`.
        key: `[N, H, D]`.
        value: `[N, H, D]`.
        ptr: int32 `[G + 1]`.
        code: int8 `[G, P, P]`, 0 without an edge, else 1 + its relation.
        mask: `[G, P, P]`, what `code` adds to the scores, if that was worked out before; read on the CPU alone.
        relation_bias: `[R, H]`.
        confidence: `[G, P, P]`, 0 without an edge.
        scale: of the scores.
        isolated: whether a node may have no edge.
    """
    edges = (relation_bias, confidence, scale)
    if query.device.type == "cpu":
        out = cpu_tile.attention_forward(query, key, value, ptr, code, mask, *edges, isolated)
        return out, query.new_empty(0, dtype=working_type(query))
    from egograph.kernels.relational_attention import triton_tile  # Triton is there on GPU machines alone

    with torch.cuda.device(query.device):
        return triton_tile.attention_forward(query, key, value, ptr, code, *edges)


def _fake_forward(query: Tensor, *_: Any) -> tuple[Tensor, Tensor]:
    log_sum = (0,) if query.device.type == "cpu" else query.shape[:2]
    return query.new_empty(query.shape), query.new_empty(log_sum, dtype=working_type(query))


def tile_attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    log_sum: Tensor,
    ptr: Tensor,
    code: Tensor,
    relation_bias: Tensor | None,
    confidence: Tensor | None,
    scale: float,
    isolated: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, confidence (empty where the input is None)."""
    edges = (ptr, code, relation_bias, confidence, scale)
    if query.device.type == "cpu":
        return cpu_tile.attention_backward(grad, query, key, value, *edges, isolated)
    from egograph.kernels.relational_attention import triton_tile

    with torch.cuda.device(query.device):
        return triton_tile.attention_backward(grad, query, key, value, log_sum, *edges)


def _fake_backward(grad: Tensor, query: Tensor, key: Tensor, value: Tensor, *rest: Any) -> tuple[Tensor, ...]:
    relation_bias, confidence = rest[3:5]
    inputs = (query, key, value, relation_bias, confidence)
    return tuple(query.new_empty(0) if x is None else x.new_empty(x.shape) for x in inputs)


tile_attention_backward_op = register_op("tile_attention_backward", tile_attention_backward, _fake_backward)


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    query, key, value, ptr, code, _, relation_bias, confidence, ctx.scale, ctx.isolated = inputs
    ctx.save_for_backward(query, key, value, output[1], ptr, code, relation_bias, confidence)


def _backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    *tensors, relation_bias, confidence = ctx.saved_tensors
    of_query, of_key, of_value, of_bias, of_confidence = tile_attention_backward_op(
        grad, *tensors, relation_bias, confidence, ctx.scale, ctx.isolated
    )
    of_bias = None if relation_bias is None else of_bias
    of_confidence = None if confidence is None else of_confidence
    return of_query, of_key, of_value, None, None, None, of_bias, of_confidence, None, None


tile_attention_op = register_op(
    "tile_attention", tile_attention, _fake_forward, Derivative(_setup_context, _backward), cast=3
)

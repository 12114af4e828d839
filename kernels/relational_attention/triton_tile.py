"""Relational attention over tiles on the GPU: how the kernels are launched."""

from typing import Any

import triton
from torch import Tensor

from egograph.kernels.relational_attention.rows import alike
from egograph.kernels.relational_attention.triton_tile_backward import backward_kernel
from egograph.kernels.relational_attention.triton_tile_forward import forward_kernel
from egograph.kernels.triton_types import dot_precision, dot_type, tl_type
from egograph.kernels.working_type import working_type


def attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ptr: Tensor,
    code: Tensor,
    relation_bias: Tensor | None,
    confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor]:
    """The output `[N, H, D]`, and the log-sum-exp `[N, H]` (+inf for a node without edges)."""
    graphs, width, _ = code.shape
    nodes, heads, dim = query.shape
    query, key, value = alike(query, key, value)
    out = query.new_empty((nodes, heads, dim))
    log_sum = query.new_empty((nodes, heads), dtype=working_type(query))
    if nodes > 0:
        constants = forward_sizes(width, query)
        forward_kernel[(graphs, heads, constants["slots"] // constants["rows"])](
            query,
            key,
            value,
            ptr,
            code,
            code if relation_bias is None else relation_bias.contiguous(),
            code if confidence is None else confidence.contiguous(),
            out,
            log_sum,
            query.stride(0),
            width,
            scale,
            related=relation_bias is not None,
            weighted=confidence is not None,
            **constants,
        )
    return out, log_sum


def attention_backward(
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
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, confidence (empty where the input is None)."""
    graphs, width, _ = code.shape
    nodes, heads, dim = query.shape
    query, key, value = alike(query, key, value)
    (grad,) = alike(grad)
    of_query, of_key, of_value = (query.new_empty((nodes, heads, dim)) for _ in range(3))
    relations = 0 if relation_bias is None else relation_bias.shape[0]
    shares = log_sum.new_empty((graphs, relations, heads))
    of_confidence = log_sum.new_empty(0 if confidence is None else confidence.shape)
    backward_kernel[(graphs, 1 if confidence is not None else heads)](
        grad,
        query,
        key,
        value,
        log_sum,
        ptr,
        code,
        code if relation_bias is None else relation_bias.contiguous(),
        code if confidence is None else confidence.contiguous(),
        of_query,
        of_key,
        of_value,
        shares,
        of_confidence,
        grad.stride(0),
        query.stride(0),
        width,
        scale,
        relations=relations,
        relations_padded=triton.next_power_of_2(max(relations, 1)),
        weighted=confidence is not None,
        **backward_sizes(width, query),
    )
    of_bias = query.new_empty(0) if relation_bias is None else shares.sum(0).to(relation_bias.dtype)
    if confidence is not None:
        of_confidence = of_confidence.to(confidence.dtype)
    return of_query, of_key, of_value, of_bias, of_confidence


def forward_sizes(width: int, query: Tensor) -> dict[str, Any]:
    """What the forward kernel is compiled for; never the number of nodes or edges."""
    slots, half = _slots(width), query.element_size() == 2
    rows = min(slots, 64) if half and slots < 128 else min(slots, 32) if half or slots == 32 else 16
    return _constants(slots, query) | {"rows": rows, "num_warps": {16: 2, 128: 8}.get(slots, 4)}


def backward_sizes(width: int, query: Tensor) -> dict[str, Any]:
    """What the backward kernel is compiled for: as many receivers at a time as the registers hold."""
    slots, half = _slots(width), query.element_size() == 2
    constants = _constants(slots, query)
    many = slots > 32 or (slots == 32 and not half and constants["dim_padded"] > 32)
    rows = 32 if slots == 32 and half else 16
    keeps = half or slots < 64 or constants["dim_padded"] < 64
    return constants | {"keeps": keeps, "rows": rows, "num_warps": 2 if slots == 16 else 8 if many else 4}


def _slots(width: int) -> int:
    return max(16, triton.next_power_of_2(width))


def _constants(slots: int, query: Tensor) -> dict[str, Any]:
    return {
        "heads": query.shape[1],
        "dim": query.shape[2],
        "slots": slots,
        "dim_padded": max(16, triton.next_power_of_2(query.shape[2])),
        "dtype": tl_type(working_type(query)),
        "dot_dtype": dot_type(query.dtype),
        "precision": dot_precision(query.dtype),
        "num_stages": 1,
    }

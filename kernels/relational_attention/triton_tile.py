"""Relational attention over tiles on the GPU: how the kernels are launched."""

import triton
import triton.language as tl
from torch import Tensor

from egograph.kernels.relational_attention.triton_tile_backward import backward_kernel
from egograph.kernels.relational_attention.triton_tile_forward import forward_kernel
from egograph.kernels.relational_attention.working_type import working_type
from egograph.kernels.triton_types import dot_type, tl_type


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
    query, key, value = (_rows(x) for x in (query, key, value))
    out = query.new_empty((nodes, heads, dim))
    log_sum = query.new_empty((nodes, heads), dtype=working_type(query))
    if nodes > 0:
        forward_kernel[(graphs, heads)](
            query,
            key,
            value,
            ptr,
            code,
            code if relation_bias is None else relation_bias.contiguous(),
            code if confidence is None else confidence.contiguous(),
            out,
            log_sum,
            *(x.stride(0) for x in (query, key, value)),
            width,
            heads,
            dim,
            scale,
            related=relation_bias is not None,
            weighted=confidence is not None,
            **sizes(width, query),
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
    grad, query, key, value = (_rows(x) for x in (grad, query, key, value))
    gradients = [query.new_empty((nodes, heads, dim)) for _ in range(3)]
    relations = 0 if relation_bias is None else relation_bias.shape[0]
    shares = log_sum.new_empty((graphs, relations, heads))
    of_confidence = query.new_empty(0) if confidence is None else confidence.new_empty(confidence.shape)
    heads_here = heads if confidence is not None else 1  # its gradient is summed over the heads
    backward_kernel[(graphs, heads // heads_here)](
        grad,
        query,
        key,
        value,
        log_sum,
        ptr,
        code,
        code if relation_bias is None else relation_bias.contiguous(),
        code if confidence is None else confidence.contiguous(),
        *gradients,
        shares,
        of_confidence,
        *(x.stride(0) for x in (grad, query, key, value)),
        width,
        heads,
        dim,
        scale,
        related=relation_bias is not None,
        relations=relations,
        weighted=confidence is not None,
        heads_here=heads_here,
        **sizes(width, query),
    )
    of_bias = query.new_empty(0) if relation_bias is None else shares.sum(0).to(relation_bias.dtype)
    return *gradients, of_bias, of_confidence  # type: ignore[return-value]


def sizes(width: int, query: Tensor) -> dict[str, object]:
    """What both kernels are compiled for; never the number of nodes or edges."""
    slots = max(16, triton.next_power_of_2(width))
    return {
        "slots": slots,
        "dim_padded": max(16, triton.next_power_of_2(query.shape[2])),
        "dtype": tl_type(working_type(query)),
        "dot_dtype": dot_type(query.dtype),
        "num_warps": 2 if slots <= 32 else 4 if slots <= 64 else 8,
    }


def _rows(tensor: Tensor) -> Tensor:
    """Rows `[N, H, D]` of any stride whose inside is contiguous."""
    return tensor if tensor.stride()[1:] == (tensor.shape[2], 1) else tensor.contiguous()

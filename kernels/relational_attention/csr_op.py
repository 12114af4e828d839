"""Attention over CSR edges as a torch op: CUDA tensors take the Triton form, CPU tensors sparse products."""

from typing import Any

import torch
from torch import Tensor

from egograph.kernels.register import register_backward, register_op
from egograph.kernels.relational_attention import cpu_csr
from egograph.kernels.relational_attention.working_type import working_type


def csr_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    rowptr: Tensor,
    row: Tensor,
    col: Tensor,
    permutation: Tensor,
    relation: Tensor | None,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
    colptr: Tensor,
    sender_row: Tensor,
    sender_edge: Tensor,
) -> tuple[Tensor, Tensor]:
    """The output, and what the backward needs: weights `[H, E]` on the CPU, log-sum-exp `[N, H]` elsewhere.

    colptr, sender_row and sender_edge are the edges by sender, read by the backward alone.
    """
    edges = (rowptr, row, col, permutation, relation, relation_bias, edge_confidence)
    if query.device.type == "cpu":
        return cpu_csr.attention_forward(query, key, value, *edges, scale)
    from egograph.kernels.relational_attention import triton_csr  # Triton is there on GPU machines alone

    with torch.cuda.device(query.device):
        return triton_csr.attention_forward(query, key, value, *edges, scale)


def _fake_forward(
    query: Tensor, key: Tensor, value: Tensor, rowptr: Tensor, row: Tensor, *rest: Any
) -> tuple[Tensor, Tensor]:
    nodes, heads, _ = query.shape
    shape = (heads, row.shape[0]) if query.device.type == "cpu" else (nodes, heads)
    return query.new_empty(query.shape), query.new_empty(shape, dtype=working_type(query))


def csr_attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    out: Tensor,
    saved: Tensor,
    rowptr: Tensor,
    row: Tensor,
    col: Tensor,
    permutation: Tensor,
    relation: Tensor | None,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
    colptr: Tensor,
    sender_row: Tensor,
    sender_edge: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, edge_confidence (empty where the input is None)."""
    inputs = (grad, query, key, value, out, saved, rowptr, row, col, permutation)
    edges = (relation, relation_bias, edge_confidence, scale, colptr, sender_row, sender_edge)
    if query.device.type == "cpu":
        return cpu_csr.attention_backward(*inputs, *edges)
    from egograph.kernels.relational_attention import triton_csr

    with torch.cuda.device(query.device):
        return triton_csr.attention_backward(*inputs, *edges)


def _fake_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    out: Tensor,
    saved: Tensor,
    rowptr: Tensor,
    row: Tensor,
    col: Tensor,
    permutation: Tensor,
    relation: Tensor | None,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    *rest: Any,
) -> tuple[Tensor, ...]:
    inputs = (query, key, value, relation_bias, edge_confidence)
    return tuple(query.new_empty(0) if x is None else x.new_empty(x.shape) for x in inputs)


csr_attention_op = register_op(csr_attention, _fake_forward, cast=3)
csr_attention_backward_op = register_op(csr_attention_backward, _fake_backward)


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    *tensors, scale, colptr, sender_row, sender_edge = inputs
    ctx.save_for_backward(*tensors, colptr, sender_row, sender_edge, *output)
    ctx.scale = scale
    ctx.mark_non_differentiable(output[1])
    ctx.set_materialize_grads(False)


def _backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
    *tensors, colptr, sender_row, sender_edge, out, saved = ctx.saved_tensors
    query, key, value, *edges = tensors
    gradients = csr_attention_backward_op(
        grad, query, key, value, out, saved, *edges, ctx.scale, colptr, sender_row, sender_edge
    )
    inputs = (query, key, value, edges[-2], edges[-1])
    of_query, of_key, of_value, of_bias, of_confidence = (
        None if x is None else gradient for x, gradient in zip(inputs, gradients, strict=True)
    )
    none = (None, None, None, None)
    return of_query, of_key, of_value, None, *none, of_bias, of_confidence, *none


register_backward(csr_attention_op, _setup_context, _backward)

"""Attention over CSR edges as a torch op: CUDA tensors take the Triton form, CPU tensors one head at a time."""

from typing import Any

import torch
from torch import Tensor

from egograph.kernels.csr_edges import CsrEdges
from egograph.kernels.register import Derivative, register_op
from egograph.kernels.relational_attention import cpu_csr
from egograph.kernels.working_type import working_type


def csr_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edges: list[Tensor],
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor]:
    """The output `[N, H, D]`, and the weights `[H, E]` on the CPU, the log-sum-exp `[N, H]` elsewhere.

    Args:
        query: `[N, H, D]`.
        key: `[N, H, D]`.
        value: `[N, H, D]`.
        edges: `CsrEdges.tensors()`.
        relation_bias: `[R, H]`.
        edge_confidence: `[E]`, in the order in which the edges were given.
        scale: of the scores.
    """
    csr = CsrEdges.of_tensors(edges)
    if query.device.type == "cpu":
        csr.check(query.shape[0])  # laid out while torch.compile traced, they were not looked at
        return cpu_csr.attention_forward(query, key, value, csr, relation_bias, edge_confidence, scale)
    from egograph.kernels.relational_attention import triton_csr  # Triton is there on GPU machines alone

    with torch.cuda.device(query.device):
        return triton_csr.attention_forward(query, key, value, csr, relation_bias, edge_confidence, scale)


def _fake_forward(query: Tensor, key: Tensor, value: Tensor, edges: list[Tensor], *rest: Any) -> tuple[Tensor, Tensor]:
    nodes, heads = query.shape[:2]
    saved = (heads, CsrEdges.of_tensors(edges).col.shape[0]) if query.device.type == "cpu" else (nodes, heads)
    return query.new_empty(query.shape), query.new_empty(saved, dtype=working_type(query))


def csr_attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    saved: Tensor,
    edges: list[Tensor],
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, edge_confidence (empty where the input is None)."""
    inputs = (grad, query, key, value, saved, CsrEdges.of_tensors(edges), relation_bias, edge_confidence, scale)
    if query.device.type == "cpu":
        return cpu_csr.attention_backward(*inputs)
    from egograph.kernels.relational_attention import triton_csr

    with torch.cuda.device(query.device):
        return triton_csr.attention_backward(*inputs)


def _fake_backward(grad: Tensor, query: Tensor, key: Tensor, value: Tensor, *rest: Any) -> tuple[Tensor, ...]:
    relation_bias, edge_confidence = rest[2:4]
    inputs = (query, key, value, relation_bias, edge_confidence)
    return tuple(query.new_empty(0) if x is None else x.new_empty(x.shape) for x in inputs)


csr_attention_backward_op = register_op("csr_attention_backward", csr_attention_backward, _fake_backward)


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    query, key, value, edges, relation_bias, edge_confidence, ctx.scale = inputs
    ctx.save_for_backward(query, key, value, output[1], relation_bias, edge_confidence, *edges)


def _backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    query, key, value, saved, relation_bias, edge_confidence, *edges = ctx.saved_tensors
    of_query, of_key, of_value, of_bias, of_confidence = csr_attention_backward_op(
        grad, query, key, value, saved, edges, relation_bias, edge_confidence, ctx.scale
    )
    of_bias = None if relation_bias is None else of_bias
    of_confidence = None if edge_confidence is None else of_confidence
    return of_query, of_key, of_value, None, of_bias, of_confidence, None


csr_attention_op = register_op(
    "csr_attention", csr_attention, _fake_forward, Derivative(_setup_context, _backward), cast=3
)

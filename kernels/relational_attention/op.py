"""Relational attention as a torch op: CUDA tensors take the Triton form, CPU tensors the sparse one."""

from typing import Any

import torch
from torch import Tensor

from egograph.kernels.autocast import register_autocast
from egograph.kernels.edge_layout import EdgeLayout
from egograph.kernels.relational_attention import cpu


def relational_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    layout: EdgeLayout,
    relation_bias: Tensor | None = None,
    edge_confidence: Tensor | None = None,
    scale: float | None = None,
) -> Tensor:
    """Attention of each node over its incoming edges, with a bias by relation and a weight by confidence.

    For node i, over its incoming edges j → i::

        out_i = Σ_j softmax_j( scale · q_i·k_j + relation_bias[r_ij] + log confidence_ij ) · v_j

    A node without incoming edges gets 0. An edge of confidence 0 does not exist, and its confidence gets the
    gradient 0. With neither relation nor confidence it is the core of PyG's `TransformerConv`
    (https://arxiv.org/abs/2009.03509). Sums are kept in float32 (float64 for float64 inputs). A second
    derivative is not defined: asking for one raises.

    Args:
        query: `[N, H, D]`, as are key and value, of one type and device.
        key: `[N, H, D]`.
        value: `[N, H, D]`.
        layout: the edges, and their relations where relation_bias is given.
        relation_bias: `[R, H]`; every relation of the layout is below R.
        edge_confidence: `[E]` in 0 … 1, in the order of the `edge_index` that the layout was made from.
        scale: 1/√D unless given.

    Returns:
        `[N, H, D]` in the type of query.

    Raises:
        ValueError: the shapes don't fit each other or the layout.
    """
    _check(query, key, value, layout, relation_bias, edge_confidence)
    out: Tensor
    out, _ = attention_op(
        query,
        key,
        value,
        layout.rowptr,
        layout.col,
        layout.permutation,
        layout.relation if relation_bias is not None else None,
        relation_bias,
        edge_confidence,
        query.shape[-1] ** -0.5 if scale is None else scale,
        layout.by_sender.colptr,
        layout.by_sender.row,
        layout.by_sender.edge,
    )
    return out


@torch.library.custom_op("egograph::relational_attention", mutates_args=())
def attention_op(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    rowptr: Tensor,
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
    edges = (rowptr, col, permutation, relation, relation_bias, edge_confidence)
    if query.device.type == "cpu":
        return cpu.attention_forward(query, key, value, *edges, scale)
    from egograph.kernels.relational_attention import triton_csr  # Triton is there on GPU machines alone

    with torch.cuda.device(query.device):
        return triton_csr.attention_forward(query, key, value, *edges, scale)


@attention_op.register_fake
def _(query: Tensor, key: Tensor, value: Tensor, rowptr: Tensor, col: Tensor, *rest: Any) -> tuple[Tensor, Tensor]:
    nodes, heads, _ = query.shape
    shape = (heads, col.shape[0]) if query.device.type == "cpu" else (nodes, heads)
    return query.new_empty(query.shape), query.new_empty(shape, dtype=cpu.working_type(query))


@torch.library.custom_op("egograph::relational_attention_backward", mutates_args=())
def attention_backward_op(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    out: Tensor,
    saved: Tensor,
    rowptr: Tensor,
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
    inputs = (grad, query, key, value, out, saved, rowptr, col, permutation)
    edges = (relation, relation_bias, edge_confidence, scale, colptr, sender_row, sender_edge)
    if query.device.type == "cpu":
        return cpu.attention_backward(*inputs, *edges)
    from egograph.kernels.relational_attention import triton_csr

    with torch.cuda.device(query.device):
        return triton_csr.attention_backward(*inputs, *edges)


@attention_backward_op.register_fake
def _(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    out: Tensor,
    saved: Tensor,
    rowptr: Tensor,
    col: Tensor,
    permutation: Tensor,
    relation: Tensor | None,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    *rest: Any,
) -> tuple[Tensor, ...]:
    inputs = (query, key, value, relation_bias, edge_confidence)
    return tuple(query.new_empty(0) if x is None else x.new_empty(x.shape) for x in inputs)


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    *tensors, scale, colptr, sender_row, sender_edge = inputs
    ctx.save_for_backward(*tensors, colptr, sender_row, sender_edge, *output)
    ctx.scale = scale


def _backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
    *tensors, colptr, sender_row, sender_edge, out, saved = ctx.saved_tensors
    query, key, value, *edges = tensors
    gradients = attention_backward_op(
        grad, query, key, value, out, saved, *edges, ctx.scale, colptr, sender_row, sender_edge
    )
    inputs = (query, key, value, edges[-2], edges[-1])
    of_query, of_key, of_value, of_bias, of_confidence = (
        None if x is None else gradient for x, gradient in zip(inputs, gradients, strict=True)
    )
    no_gradient = (None, None, None, None)
    return of_query, of_key, of_value, *no_gradient, of_bias, of_confidence, *no_gradient


attention_op.register_autograd(_backward, setup_context=_setup_context)
register_autocast("relational_attention", cast=3)
register_autocast("relational_attention_backward", cast=0)


def _check(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    layout: EdgeLayout,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
) -> None:
    if query.ndim != 3 or query.shape[0] != layout.num_nodes:
        raise ValueError(f"query: shape {list(query.shape)}; the layout has {layout.num_nodes} nodes, give [N, H, D]")
    for name, tensor in (("key", key), ("value", value)):
        if tensor.shape != query.shape or tensor.dtype != query.dtype:
            given, wanted = f"{tensor.dtype} {list(tensor.shape)}", f"{query.dtype} {list(query.shape)}"
            raise ValueError(f"{name}: {given}; give it as query is, {wanted}")
    if layout.col.device != query.device:
        raise ValueError(f"layout: on {layout.col.device}, query on {query.device}; make it from an edge_index there")
    if relation_bias is not None and layout.relation is None:
        raise ValueError("relation_bias: the layout has no relations; make the layout with relation=")
    if relation_bias is not None and (relation_bias.ndim != 2 or relation_bias.shape[1] != query.shape[1]):
        raise ValueError(f"relation_bias: shape {list(relation_bias.shape)}; give [R, {query.shape[1]}], one per head")
    if edge_confidence is not None and edge_confidence.shape != layout.col.shape:
        edges = list(layout.col.shape)
        raise ValueError(f"edge_confidence: shape {list(edge_confidence.shape)}; give {edges}, one per edge")

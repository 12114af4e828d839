"""Relational attention on the GPU, one program a node: online softmax over its edges, no atomics.

The forward and the first backward pass walk the receivers (CSR), the second backward pass the senders (CSC).
Each output has one writer, so results are the same bits every time. All heads of a node share a program: an
edge's key and value are read as one contiguous row.
"""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import torch
import triton
import triton.language as tl
from torch import Tensor

ELEMENTS = 4096  # of one [edges, heads, dims] tile: 32 registers a thread and tensor at 4 warps


@triton.jit
def _rows(pointer, node, heads: tl.constexpr, dim: tl.constexpr, h, d):
    """Rows `node` `[B]` of a contiguous [N, H, D] tensor: pointers [B, HP, DP]."""
    return pointer + node[:, None, None].to(tl.int64) * (heads * dim) + h[None, :, None] * dim + d[None, None, :]


@triton.jit
def _edge_bias(
    relation,
    bias,
    confidence,
    permutation,
    edge,
    live,
    h,
    heads: tl.constexpr,
    relations: tl.constexpr,
    weighted: tl.constexpr,
    dtype: tl.constexpr,
):
    """What is added to the scores of edges `edge` `[B]`: [B, HP]; -inf where there is no edge."""
    added = tl.where(live[:, None] & (h < heads)[None, :], 0.0, float("-inf")).to(dtype)
    if relations > 0:
        kind = tl.load(relation + edge, mask=live, other=0)
        mask = live[:, None] & (h < heads)[None, :]
        added += tl.load(bias + kind[:, None] * heads + h[None, :], mask=mask, other=0.0).to(dtype)
    if weighted:
        place = tl.load(permutation + edge, mask=live, other=0)
        sure = tl.load(confidence + place, mask=live, other=0.0).to(dtype)
        added += tl.where(sure > 0, tl.log(tl.where(sure > 0, sure, 1.0)), float("-inf"))[:, None]
    return added


@triton.jit
def forward_kernel(
    query,
    key,
    value,
    rowptr,
    col,
    permutation,
    relation,
    bias,
    confidence,
    out,
    log_sum,
    scale,
    heads: tl.constexpr,
    dim: tl.constexpr,
    relations: tl.constexpr,
    weighted: tl.constexpr,
    dtype: tl.constexpr,
    block: tl.constexpr,
    heads_padded: tl.constexpr,
    dim_padded: tl.constexpr,
):
    """Writes out [N, H, D] and log_sum [N, H], the log of the softmax's denominator (-inf if empty)."""
    node = tl.program_id(0).to(tl.int64)
    h = tl.arange(0, heads_padded)
    d = tl.arange(0, dim_padded)
    inside = (h < heads)[:, None] & (d < dim)[None, :]
    own = node * heads * dim + h[:, None] * dim + d[None, :]
    q = tl.load(query + own, mask=inside, other=0.0).to(dtype) * scale  # [HP, DP]

    highest = tl.full([heads_padded], float("-inf"), dtype)
    total = tl.zeros([heads_padded], dtype)
    sums = tl.zeros([heads_padded, dim_padded], dtype)
    start = tl.load(rowptr + node)
    stop = tl.load(rowptr + node + 1)
    for first in range(start, stop, block):
        edge = first + tl.arange(0, block)
        live = edge < stop
        sender = tl.load(col + edge, mask=live, other=0)
        mask = live[:, None, None] & inside[None, :, :]
        k = tl.load(_rows(key, sender, heads, dim, h, d), mask=mask, other=0.0).to(dtype)  # [B, HP, DP]
        v = tl.load(_rows(value, sender, heads, dim, h, d), mask=mask, other=0.0).to(dtype)
        logit = tl.sum(q[None, :, :] * k, axis=2)  # [B, HP]
        logit += _edge_bias(relation, bias, confidence, permutation, edge, live, h, heads, relations, weighted, dtype)
        new = tl.maximum(highest, tl.max(logit, axis=0))
        base = tl.where(new == float("-inf"), 0.0, new)  # a node whose edges don't exist: keep -inf - -inf out
        keep = tl.exp(highest - base)
        weight = tl.exp(logit - base[None, :])
        total = total * keep + tl.sum(weight, axis=0)
        sums = sums * keep[:, None] + tl.sum(weight[:, :, None] * v, axis=0)
        highest = new

    some = total > 0
    result = sums / tl.where(some, total, 1.0)[:, None]
    tl.store(out + own, result.to(out.dtype.element_ty), mask=inside)
    log = tl.where(some, highest + tl.log(tl.where(some, total, 1.0)), float("-inf"))
    tl.store(log_sum + node * heads + h, log, mask=h < heads)


@triton.jit
def receiver_kernel(
    query,
    key,
    value,
    out,
    grad,
    log_sum,
    rowptr,
    col,
    permutation,
    relation,
    bias,
    confidence,
    grad_query,
    expected,
    grad_bias,
    grad_confidence,
    scale,
    heads: tl.constexpr,
    dim: tl.constexpr,
    relations: tl.constexpr,
    weighted: tl.constexpr,
    dtype: tl.constexpr,
    block: tl.constexpr,
    heads_padded: tl.constexpr,
    dim_padded: tl.constexpr,
    relations_padded: tl.constexpr,
):
    """Writes grad_query, expected [N, H] = out · grad, its share of grad_bias [N, R, H], grad_confidence."""
    node = tl.program_id(0).to(tl.int64)
    h = tl.arange(0, heads_padded)
    d = tl.arange(0, dim_padded)
    r = tl.arange(0, relations_padded)
    inside = (h < heads)[:, None] & (d < dim)[None, :]
    own = node * heads * dim + h[:, None] * dim + d[None, :]
    q = tl.load(query + own, mask=inside, other=0.0).to(dtype) * scale
    g = tl.load(grad + own, mask=inside, other=0.0).to(dtype)
    mean = tl.sum(tl.load(out + own, mask=inside, other=0.0).to(dtype) * g, axis=1)  # [HP]
    tl.store(expected + node * heads + h, mean, mask=h < heads)
    log = tl.load(log_sum + node * heads + h, mask=h < heads, other=0.0)
    log = tl.where(log == float("-inf"), 0.0, log)

    sums = tl.zeros([heads_padded, dim_padded], dtype)
    by_relation = tl.zeros([relations_padded, heads_padded], dtype)
    start = tl.load(rowptr + node)
    stop = tl.load(rowptr + node + 1)
    for first in range(start, stop, block):
        edge = first + tl.arange(0, block)
        live = edge < stop
        sender = tl.load(col + edge, mask=live, other=0)
        mask = live[:, None, None] & inside[None, :, :]
        k = tl.load(_rows(key, sender, heads, dim, h, d), mask=mask, other=0.0).to(dtype)
        v = tl.load(_rows(value, sender, heads, dim, h, d), mask=mask, other=0.0).to(dtype)
        logit = tl.sum(q[None, :, :] * k, axis=2)
        logit += _edge_bias(relation, bias, confidence, permutation, edge, live, h, heads, relations, weighted, dtype)
        weight = tl.exp(logit - log[None, :])  # [B, HP]
        grad_logit = weight * (tl.sum(g[None, :, :] * v, axis=2) - mean[None, :])
        sums += tl.sum(grad_logit[:, :, None] * k, axis=0)
        if relations > 0:
            kind = tl.load(relation + edge, mask=live, other=-1)
            same = kind[None, :] == r[:, None]  # [RP, B]
            by_relation += tl.sum(tl.where(same[:, :, None], grad_logit[None, :, :], 0.0), axis=1)
        if weighted:
            place = tl.load(permutation + edge, mask=live, other=0)
            sure = tl.load(confidence + place, mask=live, other=0.0).to(dtype)
            share = tl.sum(grad_logit, axis=1) / tl.where(sure > 0, sure, 1.0)
            share = tl.where(sure > 0, share, 0.0)
            tl.store(grad_confidence + place, share.to(grad_confidence.dtype.element_ty), mask=live)

    tl.store(grad_query + own, (sums * scale).to(grad_query.dtype.element_ty), mask=inside)
    if relations > 0:
        place = (node * relations + r[:, None]) * heads + h[None, :]
        tl.store(grad_bias + place, by_relation, mask=(r < relations)[:, None] & (h < heads)[None, :])


@triton.jit
def sender_kernel(
    query,
    key,
    value,
    grad,
    log_sum,
    expected,
    colptr,
    sender_row,
    sender_edge,
    permutation,
    relation,
    bias,
    confidence,
    grad_key,
    grad_value,
    scale,
    heads: tl.constexpr,
    dim: tl.constexpr,
    relations: tl.constexpr,
    weighted: tl.constexpr,
    dtype: tl.constexpr,
    block: tl.constexpr,
    heads_padded: tl.constexpr,
    dim_padded: tl.constexpr,
):
    """Writes grad_key and grad_value [N, H, D], summed over the edges that leave the node."""
    node = tl.program_id(0).to(tl.int64)
    h = tl.arange(0, heads_padded)
    d = tl.arange(0, dim_padded)
    inside = (h < heads)[:, None] & (d < dim)[None, :]
    own = node * heads * dim + h[:, None] * dim + d[None, :]
    k = tl.load(key + own, mask=inside, other=0.0).to(dtype) * scale
    v = tl.load(value + own, mask=inside, other=0.0).to(dtype)

    key_sums = tl.zeros([heads_padded, dim_padded], dtype)
    value_sums = tl.zeros([heads_padded, dim_padded], dtype)
    start = tl.load(colptr + node)
    stop = tl.load(colptr + node + 1)
    for first in range(start, stop, block):
        place = first + tl.arange(0, block)
        live = place < stop
        edge = tl.load(sender_edge + place, mask=live, other=0)
        receiver = tl.load(sender_row + place, mask=live, other=0)
        mask = live[:, None, None] & inside[None, :, :]
        q = tl.load(_rows(query, receiver, heads, dim, h, d), mask=mask, other=0.0).to(dtype)
        g = tl.load(_rows(grad, receiver, heads, dim, h, d), mask=mask, other=0.0).to(dtype)
        number = receiver[:, None].to(tl.int64) * heads + h[None, :]  # [B, HP]
        held = live[:, None] & (h < heads)[None, :]
        log = tl.load(log_sum + number, mask=held, other=0.0)
        log = tl.where(log == float("-inf"), 0.0, log)
        mean = tl.load(expected + number, mask=held, other=0.0)
        logit = tl.sum(q * k[None, :, :], axis=2)
        logit += _edge_bias(relation, bias, confidence, permutation, edge, live, h, heads, relations, weighted, dtype)
        weight = tl.exp(logit - log)
        grad_logit = weight * (tl.sum(g * v[None, :, :], axis=2) - mean)
        key_sums += tl.sum(grad_logit[:, :, None] * q, axis=0)
        value_sums += tl.sum(weight[:, :, None] * g, axis=0)

    tl.store(grad_key + own, (key_sums * scale).to(grad_key.dtype.element_ty), mask=inside)
    tl.store(grad_value + own, value_sums.to(grad_value.dtype.element_ty), mask=inside)


def attention_forward(
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
) -> tuple[Tensor, Tensor]:
    """The output `[N, H, D]` in the query's type, and the log-sum-exp `[N, H]` that the backward needs."""
    nodes, heads, _ = query.shape
    out = query.new_empty(query.shape)
    log_sum = query.new_empty((nodes, heads), dtype=_working_type(query))
    if nodes > 0:
        forward_kernel[(nodes,)](
            query.contiguous(),
            key.contiguous(),
            value.contiguous(),
            rowptr,
            col,
            permutation,
            *_edge_inputs(relation, relation_bias, edge_confidence, query),
            out,
            log_sum,
            scale,
            **_constants(query, relation_bias, edge_confidence),
        )
    return out, log_sum


def attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    out: Tensor,
    log_sum: Tensor,
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
    nodes, heads, _ = query.shape
    query, key, value, grad = (x.contiguous() for x in (query, key, value, grad))
    grad_query, grad_key, grad_value = (torch.empty_like(x) for x in (query, key, value))
    relations = 0 if relation_bias is None else relation_bias.shape[0]
    expected = torch.empty_like(log_sum)
    shares = log_sum.new_empty((nodes, relations, heads))
    grad_confidence = query.new_empty(0) if edge_confidence is None else edge_confidence.new_empty(col.shape)
    edge_inputs = _edge_inputs(relation, relation_bias, edge_confidence, query)
    constants = _constants(query, relation_bias, edge_confidence)
    if nodes > 0:
        receiver_kernel[(nodes,)](
            query,
            key,
            value,
            out,
            grad,
            log_sum,
            rowptr,
            col,
            permutation,
            *edge_inputs,
            grad_query,
            expected,
            shares,
            grad_confidence,
            scale,
            **constants,
            relations_padded=triton.next_power_of_2(max(relations, 1)),
        )
        sender_kernel[(nodes,)](
            query,
            key,
            value,
            grad,
            log_sum,
            expected,
            colptr,
            sender_row,
            sender_edge,
            permutation,
            *edge_inputs,
            grad_key,
            grad_value,
            scale,
            **constants,
        )
    grad_bias = query.new_empty(0) if relation_bias is None else shares.sum(0).to(relation_bias.dtype)
    return grad_query, grad_key, grad_value, grad_bias, grad_confidence


def _edge_inputs(
    relation: Tensor | None, relation_bias: Tensor | None, edge_confidence: Tensor | None, like: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """What the kernels read per edge; a pointer that is never read where the input is None."""
    return tuple(  # type: ignore[return-value]
        like if x is None else x.contiguous() for x in (relation, relation_bias, edge_confidence)
    )


def _constants(query: Tensor, relation_bias: Tensor | None, edge_confidence: Tensor | None) -> dict[str, object]:
    """What the kernels are compiled for; never the number of nodes or edges."""
    heads, dim = query.shape[1:]
    row = triton.next_power_of_2(heads) * triton.next_power_of_2(dim)
    return {
        "heads": heads,
        "dim": dim,
        "relations": 0 if relation_bias is None else relation_bias.shape[0],
        "weighted": edge_confidence is not None,
        "dtype": tl.float64 if query.dtype == torch.float64 else tl.float32,
        "block": max(1, min(32, ELEMENTS // row)),
        "heads_padded": triton.next_power_of_2(heads),
        "dim_padded": triton.next_power_of_2(dim),
    }


def _working_type(tensor: Tensor) -> torch.dtype:
    return torch.float64 if tensor.dtype == torch.float64 else torch.float32

"""The second backward pass over CSR edges: what flows back to the senders (CSC), the relations, the confidences."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl

from egograph.kernels.relational_attention.triton_csr_load import (
    edge_bias,
    edges_of_program,
    lanes,
    load_rows,
    parts_of_hub,
    row_mask,
)


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
    parts,
    relation,
    relation_bias,
    confidence,
    grad_key,
    grad_value,
    part_key,
    part_value,
    grad_bias,
    grad_confidence,
    nodes,
    num_parts,
    stride,
    scale,
    heads: tl.constexpr,
    dim: tl.constexpr,
    related: tl.constexpr,
    weighted: tl.constexpr,
    dtype: tl.constexpr,
    block: tl.constexpr,
    heads_padded: tl.constexpr,
    dim_padded: tl.constexpr,
    part: tl.constexpr,
    relations: tl.constexpr,
    relations_padded: tl.constexpr,
):
    """Writes grad_key and grad_value [N, H, D] (of hubs part_key, part_value [X, H, D]) and grad_confidence [E].

    Each program has a share of grad_bias [N + X, R, H].
    """
    program = tl.program_id(0)
    node, start, stop, whole, is_part = edges_of_program(program, nodes, colptr, parts, num_parts, part)
    h, d, own, inside = lanes(heads, dim, heads_padded, dim_padded)
    r = tl.arange(0, relations_padded)
    k = tl.load(key + node * stride + own, mask=inside, other=0.0).to(dtype) * scale
    v = tl.load(value + node * stride + own, mask=inside, other=0.0).to(dtype)

    key_sums = tl.zeros([heads_padded, dim_padded], dtype)
    value_sums = tl.zeros([heads_padded, dim_padded], dtype)
    by_relation = tl.zeros([relations_padded, heads_padded], dtype)
    for first in range(start, stop, block):
        place = first + tl.arange(0, block)
        live = place < stop
        edge = tl.load(sender_edge + place, mask=live, other=0)
        receiver = tl.load(sender_row + place, mask=live, other=0)
        q = load_rows(query, receiver, live, stride, heads, dim, h, d).to(dtype)
        g = load_rows(grad, receiver, live, heads * dim, heads, dim, h, d).to(dtype)
        number = receiver[:, None].to(tl.int64) * heads + h[None, :]  # [B, HP]
        held = live[:, None] & (h < heads)[None, :]
        log = tl.load(log_sum + number, mask=held, other=float("inf"))
        mean = tl.load(expected + number, mask=held, other=0.0)
        logit = tl.sum(q * k[None, :, :], axis=2)
        logit += edge_bias(
            relation, relation_bias, confidence, permutation, edge, live, h, heads, related, weighted, dtype
        )
        weight = tl.exp(logit - log)
        grad_logit = weight * (tl.sum(g * v[None, :, :], axis=2) - mean)
        key_sums += tl.sum(grad_logit[:, :, None] * q, axis=0)
        value_sums += tl.sum(weight[:, :, None] * g, axis=0)
        if related:
            kind = tl.load(relation + edge, mask=live, other=-1)
            same = kind[None, :] == r[:, None]  # [RP, B]
            by_relation += tl.sum(tl.where(same[:, :, None], grad_logit[None, :, :], 0.0), axis=1)
        if weighted:
            given = tl.load(permutation + edge, mask=live, other=0)
            sure = tl.load(confidence + given, mask=live, other=0.0).to(dtype)
            share = tl.sum(grad_logit, axis=1) / tl.where(sure > 0, sure, 1.0)
            share = tl.where(sure > 0, share, 0.0)
            tl.store(grad_confidence + given, share.to(grad_confidence.dtype.element_ty), mask=live)

    key_sums *= scale
    written = node * heads * dim + own
    mask = row_mask(whole, h, d, heads, dim)
    tl.store(grad_key + written, key_sums.to(grad_key.dtype.element_ty), mask=mask)
    tl.store(grad_value + written, value_sums.to(grad_value.dtype.element_ty), mask=mask)
    number = tl.where(is_part, program - nodes, 0).to(tl.int64) * heads * dim + own
    tl.store(part_key + number, key_sums, mask=row_mask(is_part, h, d, heads, dim))
    tl.store(part_value + number, value_sums, mask=row_mask(is_part, h, d, heads, dim))
    if related:
        share = (program.to(tl.int64) * relations + r[:, None]) * heads + h[None, :]
        tl.store(grad_bias + share, by_relation, mask=(r < relations)[:, None] & (h < heads)[None, :])


@triton.jit
def sender_merge_kernel(
    part_rows, rowptr, parts, rows, num_parts, dim: tl.constexpr, block: tl.constexpr, part: tl.constexpr
):
    """Writes rows [N, dim] of hubs, the sums of part_rows [X, dim]: by the program of a hub's first part."""
    first = tl.program_id(0).to(tl.int64)
    node, count = parts_of_hub(first, rowptr, parts, num_parts, part)
    d = tl.program_id(1) * block + tl.arange(0, block)
    sums = tl.zeros([block], part_rows.dtype.element_ty)
    for number in range(first, first + count):
        sums += tl.load(part_rows + number * dim + d, mask=d < dim, other=0.0)
    tl.store(rows + node * dim + d, sums.to(rows.dtype.element_ty), mask=d < tl.where(count > 0, dim, 0))

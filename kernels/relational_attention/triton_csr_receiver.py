"""The first backward pass over CSR edges: the query's gradient, by receiver, from one walk over its edges."""
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
def receiver_kernel(
    query,
    key,
    value,
    grad,
    log_sum,
    rowptr,
    col,
    permutation,
    parts,
    relation,
    relation_bias,
    confidence,
    grad_query,
    expected,
    part_reward,
    part_mean,
    part_expected,
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
):
    """Writes grad_query [N, H, D] and expected [N, H], the mean of a node's rewards grad · value by its weights.

    Σ w (reward - expected) k is summed as Σ w reward k and Σ w k, so that one pass is enough; hubs keep these sums in
    part_reward and part_mean [X, H, D], and Σ w reward in part_expected [X, H].
    """
    program = tl.program_id(0)
    node, start, stop, whole, is_part = edges_of_program(program, nodes, rowptr, parts, num_parts, part)
    h, d, own, inside = lanes(heads, dim, heads_padded, dim_padded)
    q = tl.load(query + node * stride + own, mask=inside, other=0.0).to(dtype) * scale
    g = tl.load(grad + node * heads * dim + own, mask=inside, other=0.0).to(dtype)
    log = tl.load(log_sum + node * heads + h, mask=h < heads, other=float("inf"))

    rewarded = tl.zeros([heads_padded, dim_padded], dtype)
    mean = tl.zeros([heads_padded, dim_padded], dtype)
    reward = tl.zeros([heads_padded], dtype)
    for first in range(start, stop, block):
        edge = first + tl.arange(0, block)
        live = edge < stop
        sender = tl.load(col + edge, mask=live, other=0)
        k = load_rows(key, sender, live, stride, heads, dim, h, d).to(dtype)  # [B, HP, DP]
        v = load_rows(value, sender, live, stride, heads, dim, h, d).to(dtype)
        logit = tl.sum(q[None, :, :] * k, axis=2)
        logit += edge_bias(
            relation, relation_bias, confidence, permutation, edge, live, h, heads, related, weighted, dtype
        )
        weight = tl.exp(logit - log[None, :])  # [B, HP]
        share = weight * tl.sum(g[None, :, :] * v, axis=2)
        reward += tl.sum(share, axis=0)
        rewarded += tl.sum(share[:, :, None] * k, axis=0)
        mean += tl.sum(weight[:, :, None] * k, axis=0)

    gradient = (rewarded - reward[:, None] * mean) * scale
    at = node * heads
    tl.store(expected + at + h, reward, mask=h < tl.where(whole, heads, 0))
    gradient = gradient.to(grad_query.dtype.element_ty)
    tl.store(grad_query + at * dim + own, gradient, mask=row_mask(whole, h, d, heads, dim))
    at = tl.where(is_part, program - nodes, 0).to(tl.int64) * heads
    tl.store(part_expected + at + h, reward, mask=h < tl.where(is_part, heads, 0))
    tl.store(part_reward + at * dim + own, rewarded, mask=row_mask(is_part, h, d, heads, dim))
    tl.store(part_mean + at * dim + own, mean, mask=row_mask(is_part, h, d, heads, dim))


@triton.jit
def receiver_merge_kernel(
    part_reward,
    part_mean,
    part_expected,
    rowptr,
    parts,
    grad_query,
    expected,
    num_parts,
    scale,
    heads: tl.constexpr,
    dim: tl.constexpr,
    dtype: tl.constexpr,
    heads_padded: tl.constexpr,
    dim_padded: tl.constexpr,
    part: tl.constexpr,
):
    """Writes grad_query and expected of hubs: the program of a hub's first part goes through all of them."""
    first = tl.program_id(0).to(tl.int64)
    node, count = parts_of_hub(first, rowptr, parts, num_parts, part)
    h, d, own, inside = lanes(heads, dim, heads_padded, dim_padded)
    rewarded = tl.zeros([heads_padded, dim_padded], dtype)
    mean = tl.zeros([heads_padded, dim_padded], dtype)
    reward = tl.zeros([heads_padded], dtype)
    for number in range(first, first + count):
        reward += tl.load(part_expected + number * heads + h, mask=h < heads, other=0.0)
        rewarded += tl.load(part_reward + number * heads * dim + own, mask=inside, other=0.0)
        mean += tl.load(part_mean + number * heads * dim + own, mask=inside, other=0.0)
    gradient = (rewarded - reward[:, None] * mean) * scale
    tl.store(expected + node * heads + h, reward, mask=h < tl.where(count > 0, heads, 0))
    gradient = gradient.to(grad_query.dtype.element_ty)
    tl.store(grad_query + node * heads * dim + own, gradient, mask=row_mask(count > 0, h, d, heads, dim))

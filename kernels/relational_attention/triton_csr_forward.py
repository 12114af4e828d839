"""The forward kernels over CSR edges: online softmax over a node's edges, all heads in one program.

An edge's key and value are read as one contiguous row. A hub's parts are walked by programs of their own and merged in
a fixed order.
"""
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
def _finish(highest, total, sums):
    """The output [HP, DP] and its log-sum-exp [HP] (+inf without edges) of a softmax's running sums."""
    some = total > 0
    total = tl.where(some, total, 1.0)
    return sums / total[:, None], tl.where(some, highest + tl.log(total), float("inf"))


@triton.jit
def forward_kernel(
    query,
    key,
    value,
    rowptr,
    col,
    permutation,
    parts,
    relation,
    relation_bias,
    confidence,
    out,
    log_sum,
    part_out,
    part_log,
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
    """Writes out [N, H, D] and log_sum [N, H] (+inf without edges), of hubs part_out [X, H, D] and part_log [X, H]."""
    program = tl.program_id(0)
    node, start, stop, whole, is_part = edges_of_program(program, nodes, rowptr, parts, num_parts, part)
    h, d, own, inside = lanes(heads, dim, heads_padded, dim_padded)
    q = tl.load(query + node * stride + own, mask=inside, other=0.0).to(dtype) * scale  # [HP, DP]

    highest = tl.full([heads_padded], float("-inf"), dtype)
    total = tl.zeros([heads_padded], dtype)
    sums = tl.zeros([heads_padded, dim_padded], dtype)
    for first in range(start, stop, block):
        edge = first + tl.arange(0, block)
        live = edge < stop
        sender = tl.load(col + edge, mask=live, other=0)
        k = load_rows(key, sender, live, stride, heads, dim, h, d).to(dtype)  # [B, HP, DP]
        v = load_rows(value, sender, live, stride, heads, dim, h, d).to(dtype)
        logit = tl.sum(q[None, :, :] * k, axis=2)  # [B, HP]
        logit += edge_bias(
            relation, relation_bias, confidence, permutation, edge, live, h, heads, related, weighted, dtype
        )
        new = tl.maximum(highest, tl.max(logit, axis=0))
        base = tl.where(new == float("-inf"), 0.0, new)  # edges that don't exist: keep -inf - -inf out
        keep = tl.exp(highest - base)
        weight = tl.exp(logit - base[None, :])
        total = total * keep + tl.sum(weight, axis=0)
        sums = sums * keep[:, None] + tl.sum(weight[:, :, None] * v, axis=0)
        highest = new

    result, log = _finish(highest, total, sums)
    tl.store(out + node * heads * dim + own, result.to(out.dtype.element_ty), mask=row_mask(whole, h, d, heads, dim))
    tl.store(log_sum + node * heads + h, log, mask=h < tl.where(whole, heads, 0))
    number = tl.where(is_part, program - nodes, 0).to(tl.int64)
    tl.store(part_out + number * heads * dim + own, result, mask=row_mask(is_part, h, d, heads, dim))
    tl.store(part_log + number * heads + h, log, mask=h < tl.where(is_part, heads, 0))


@triton.jit
def merge_kernel(
    part_out,
    part_log,
    rowptr,
    parts,
    out,
    log_sum,
    num_parts,
    heads: tl.constexpr,
    dim: tl.constexpr,
    dtype: tl.constexpr,
    heads_padded: tl.constexpr,
    dim_padded: tl.constexpr,
    part: tl.constexpr,
):
    """Writes out and log_sum of hubs: the program of a hub's first part goes through all of them."""
    first = tl.program_id(0).to(tl.int64)
    node, count = parts_of_hub(first, rowptr, parts, num_parts, part)
    h, d, own, inside = lanes(heads, dim, heads_padded, dim_padded)
    highest = tl.full([heads_padded], float("-inf"), dtype)
    total = tl.zeros([heads_padded], dtype)
    sums = tl.zeros([heads_padded, dim_padded], dtype)
    for number in range(first, first + count):
        log = tl.load(part_log + number * heads + h, mask=h < heads, other=float("inf"))
        log = tl.where(log == float("inf"), float("-inf"), log)
        result = tl.load(part_out + number * heads * dim + own, mask=inside, other=0.0)
        new = tl.maximum(highest, log)
        base = tl.where(new == float("-inf"), 0.0, new)
        keep, weight = tl.exp(highest - base), tl.exp(log - base)
        total = total * keep + weight
        sums = sums * keep[:, None] + weight[:, None] * result
        highest = new
    result, log = _finish(highest, total, sums)
    tl.store(
        out + node * heads * dim + own, result.to(out.dtype.element_ty), mask=row_mask(count > 0, h, d, heads, dim)
    )
    tl.store(log_sum + node * heads + h, log, mask=h < tl.where(count > 0, heads, 0))

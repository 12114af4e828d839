"""The forward kernel over tiles: one program holds the keys and values of one head of a small graph."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl

from egograph.kernels.relational_attention.triton_tile_load import edge_bias, row_places


@triton.jit
def forward_kernel(
    query,
    key,
    value,
    ptr,
    code,
    relation_bias,
    confidence,
    out,
    log_sum,
    query_stride,
    key_stride,
    value_stride,
    width,
    heads,
    dim,
    scale,
    related: tl.constexpr,
    weighted: tl.constexpr,
    slots: tl.constexpr,
    dim_padded: tl.constexpr,
    dtype: tl.constexpr,
    dot_dtype: tl.constexpr,
):
    """Writes out [N, H, D] and log_sum [N, H], the log of the softmax's denominator (+inf without edges)."""
    graph = tl.program_id(0)
    head = tl.program_id(1)
    first = tl.load(ptr + graph)
    size = tl.load(ptr + graph + 1) - first
    at_query, live = row_places(first, size, head, query_stride, dim, slots, dim_padded)
    at_key, _ = row_places(first, size, head, key_stride, dim, slots, dim_padded)
    at_value, _ = row_places(first, size, head, value_stride, dim, slots, dim_padded)
    q = tl.load(query + at_query, mask=live, other=0.0).to(dot_dtype)  # [P, DP]
    k = tl.load(key + at_key, mask=live, other=0.0).to(dot_dtype)
    v = tl.load(value + at_value, mask=live, other=0.0).to(dot_dtype)
    _, _, bias = edge_bias(
        code, relation_bias, confidence, graph, head, width, heads, related, weighted, slots, dtype
    )

    logit = tl.dot(q, tl.trans(k), input_precision="ieee", out_dtype=dtype) * scale + bias  # [P, P]
    highest = tl.max(logit, axis=1)
    base = tl.where(highest == float("-inf"), 0.0, highest)  # a node without edges: keep -inf - -inf out
    weight = tl.exp(logit - base[:, None])
    total = tl.sum(weight, axis=1)
    some = total > 0
    total = tl.where(some, total, 1.0)
    result = tl.dot(weight.to(dot_dtype), v, input_precision="ieee", out_dtype=dtype) / total[:, None]

    at_out, _ = row_places(first, size, head, heads * dim, dim, slots, dim_padded)
    tl.store(out + at_out, result.to(out.dtype.element_ty), mask=live)
    slot = tl.arange(0, slots)
    log = tl.where(some, base + tl.log(total), float("inf"))
    tl.store(log_sum + (first + slot).to(tl.int64) * heads + head, log, mask=slot < size)

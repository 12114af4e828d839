"""The backward kernel over tiles: a graph's gradients in one program, no atomics, no edges by sender."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl

from egograph.kernels.relational_attention.triton_tile_load import edge_bias, row_places


@triton.jit
def backward_kernel(
    grad,
    query,
    key,
    value,
    log_sum,
    ptr,
    code,
    relation_bias,
    confidence,
    grad_query,
    grad_key,
    grad_value,
    grad_bias,
    grad_confidence,
    grad_stride,
    query_stride,
    key_stride,
    value_stride,
    width,
    heads,
    dim,
    scale,
    related: tl.constexpr,
    relations: tl.constexpr,
    weighted: tl.constexpr,
    heads_here: tl.constexpr,
    slots: tl.constexpr,
    dim_padded: tl.constexpr,
    dtype: tl.constexpr,
    dot_dtype: tl.constexpr,
):
    """Writes the gradients [N, H, D], the graph's share of grad_bias [G, R, H], and grad_confidence [G, P, P]."""
    graph = tl.program_id(0)
    first = tl.load(ptr + graph)
    size = tl.load(ptr + graph + 1) - first
    slot = tl.arange(0, slots)
    by_confidence = tl.zeros([slots, slots], dtype)
    for step in range(heads_here):
        head = tl.program_id(1) * heads_here + step
        at_grad, live = row_places(first, size, head, grad_stride, dim, slots, dim_padded)
        at_query, _ = row_places(first, size, head, query_stride, dim, slots, dim_padded)
        at_key, _ = row_places(first, size, head, key_stride, dim, slots, dim_padded)
        at_value, _ = row_places(first, size, head, value_stride, dim, slots, dim_padded)
        at_out, _ = row_places(first, size, head, heads * dim, dim, slots, dim_padded)
        g = tl.load(grad + at_grad, mask=live, other=0.0).to(dot_dtype)  # [P, DP]
        q = tl.load(query + at_query, mask=live, other=0.0).to(dot_dtype)
        k = tl.load(key + at_key, mask=live, other=0.0).to(dot_dtype)
        v = tl.load(value + at_value, mask=live, other=0.0).to(dot_dtype)
        at_log = (first + slot).to(tl.int64) * heads + head
        log = tl.load(log_sum + at_log, mask=slot < size, other=float("inf"))
        kind, sure, bias = edge_bias(
            code, relation_bias, confidence, graph, head, width, heads, related, weighted, slots, dtype
        )

        logit = tl.dot(q, tl.trans(k), input_precision="ieee", out_dtype=dtype) * scale + bias
        weight = tl.exp(logit - log[:, None])  # [P, P]
        of_value = tl.dot(tl.trans(weight.to(dot_dtype)), g, input_precision="ieee", out_dtype=dtype)
        tl.store(grad_value + at_out, of_value.to(grad_value.dtype.element_ty), mask=live)
        reward = tl.dot(g, tl.trans(v), input_precision="ieee", out_dtype=dtype)
        expected = tl.sum(weight * reward, axis=1)  # what the output gives, but not rounded
        of_logit = weight * (reward - expected[:, None])
        if related:
            for r in tl.static_range(relations):
                share = tl.sum(tl.sum(tl.where(kind == r + 1, of_logit, 0.0), axis=1), axis=0)
                tl.store(grad_bias + (graph.to(tl.int64) * relations + r) * heads + head, share)
        if weighted:
            by_confidence += tl.where(sure > 0, of_logit / tl.where(sure > 0, sure, 1.0), 0.0)
        of_logit = (of_logit * scale).to(dot_dtype)
        of_query = tl.dot(of_logit, k, input_precision="ieee", out_dtype=dtype)
        tl.store(grad_query + at_out, of_query.to(grad_query.dtype.element_ty), mask=live)
        of_key = tl.dot(tl.trans(of_logit), q, input_precision="ieee", out_dtype=dtype)
        tl.store(grad_key + at_out, of_key.to(grad_key.dtype.element_ty), mask=live)
    if weighted:
        i, j = slot[:, None], slot[None, :]
        place = graph.to(tl.int64) * width * width + i * width + j
        inside = (i < width) & (j < width)
        tl.store(grad_confidence + place, by_confidence.to(grad_confidence.dtype.element_ty), mask=inside)

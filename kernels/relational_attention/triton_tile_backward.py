"""The backward kernel over tiles: a graph's gradients in one program, no atomics, no edges by sender."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl

from egograph.kernels.relational_attention.triton_tile_load import edge_bias, load_rows, store_rows


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
    stride,
    width,
    scale,
    heads: tl.constexpr,
    dim: tl.constexpr,
    relations: tl.constexpr,
    relations_padded: tl.constexpr,
    weighted: tl.constexpr,
    keeps: tl.constexpr,
    rows: tl.constexpr,
    slots: tl.constexpr,
    dim_padded: tl.constexpr,
    dtype: tl.constexpr,
    dot_dtype: tl.constexpr,
    precision: tl.constexpr,
):
    """Writes the gradients [N, H, D], the graph's share of grad_bias [G, R, H], and grad_confidence [G, P, P].

    `rows` receivers are taken at a time; if it `keeps` them, keys and values stay on chip meanwhile. With confidences
    all heads are one program's, for their gradient is summed over the heads, in place: what a program adds to, it has
    written itself.
    """
    graph = tl.program_id(0).to(tl.int64)
    first = tl.load(ptr + graph)
    size = tl.load(ptr + graph + 1) - first
    start = first.to(tl.int64)
    tile = graph * width * width
    j = tl.arange(0, slots)
    r = tl.arange(0, relations_padded)
    for step in tl.range(
        heads if weighted else 1, disable_licm=True
    ):  # hoisted out, the pairs would take too many registers
        head = step if weighted else tl.program_id(1)
        own = start * stride + head * dim
        written = start * heads * dim + head * dim
        if keeps:
            k = load_rows(key + own, j, size, stride, dim, dim_padded).to(dot_dtype)  # [P, DP]
            v = load_rows(value + own, j, size, stride, dim, dim_padded).to(dot_dtype)
        of_key = tl.zeros([slots, dim_padded], dtype)
        of_value = tl.zeros([slots, dim_padded], dtype)
        by_relation = tl.zeros([relations_padded], dtype)
        for block in tl.range(0, slots, rows, disable_licm=True):
            i = block + tl.arange(0, rows)
            if not keeps:
                k = load_rows(key + own, j, size, stride, dim, dim_padded).to(dot_dtype)
            q = load_rows(query + own, i, size, stride, dim, dim_padded).to(dot_dtype)  # [B, DP]
            at_grad = grad + start * grad_stride + head * dim
            g = load_rows(at_grad, i, size, grad_stride, dim, dim_padded).to(dot_dtype)
            log = tl.load(log_sum + start * heads + head + i * heads, mask=i < size, other=float("inf"))
            logit = tl.dot(q, tl.trans(k), input_precision=precision, out_dtype=dtype) * scale
            bias = edge_bias(
                code + tile, relation_bias, confidence + tile, i, j, head, width, heads, relations > 0, weighted, dtype
            )
            logit += bias
            weight = tl.exp(logit - log[:, None])  # [B, P]
            of_value += tl.dot(tl.trans(weight.to(dot_dtype)), g, input_precision=precision, out_dtype=dtype)
            if not keeps:
                v = load_rows(value + own, j, size, stride, dim, dim_padded).to(dot_dtype)
            reward = tl.dot(g, tl.trans(v), input_precision=precision, out_dtype=dtype)
            expected = tl.sum(weight * reward, axis=1)  # the output times its gradient, but not rounded
            of_logit = weight * (reward - expected[:, None])

            place = i[:, None] * width + j[None, :]
            inside = (i < width)[:, None] & (j < width)[None, :]
            if weighted:
                sure = tl.load(confidence + tile + place, mask=inside, other=0.0).to(dtype)
                share = tl.where(sure > 0, of_logit / tl.where(sure > 0, sure, 1.0), 0.0)
                at = grad_confidence + tile + place
                share += tl.load(at, mask=inside & (step > 0), other=0.0)
                tl.store(at, share, mask=inside)
            if relations > 0:
                kind = tl.load(code + tile + place, mask=inside, other=0)
                for relation in tl.static_range(relations):
                    share = tl.sum(tl.sum(tl.where(kind == relation + 1, of_logit, 0.0), axis=1), axis=0)
                    by_relation += tl.where(r == relation, share, 0.0)
            scaled = (of_logit * scale).to(dot_dtype)
            of_key += tl.dot(tl.trans(scaled), q, input_precision=precision, out_dtype=dtype)
            of_query = tl.dot(scaled, k, input_precision=precision, out_dtype=dtype)
            store_rows(grad_query + written, of_query, i, size, heads * dim, dim, dim_padded)

        store_rows(grad_key + written, of_key, j, size, heads * dim, dim, dim_padded)
        store_rows(grad_value + written, of_value, j, size, heads * dim, dim, dim_padded)
        if relations > 0:
            tl.store(grad_bias + (graph * relations + r) * heads + head, by_relation, mask=r < relations)

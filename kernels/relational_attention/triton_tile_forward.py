"""The forward kernel over tiles: one program holds the keys and values of one head of a small graph."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl

from egograph.kernels.relational_attention.triton_tile_load import edge_bias, load_rows, store_rows


@triton.jit
def mix(logit, v, dtype: tl.constexpr, dot_dtype: tl.constexpr, precision: tl.constexpr):
    """The values [P, DP] of senders mixed by the softmax of logits [B, P], and their log-sum-exp [B]."""
    highest = tl.max(logit, axis=1)
    base = tl.where(highest == float("-inf"), 0.0, highest)  # a node without edges: keep -inf - -inf out
    weight = tl.exp(logit - base[:, None])
    total = tl.sum(weight, axis=1)
    some = total > 0
    total = tl.where(some, total, 1.0)
    result = tl.dot(weight.to(dot_dtype), v, input_precision=precision, out_dtype=dtype) / total[:, None]
    return result, tl.where(some, base + tl.log(total), float("inf"))


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
    stride,
    width,
    scale,
    heads: tl.constexpr,
    dim: tl.constexpr,
    related: tl.constexpr,
    weighted: tl.constexpr,
    rows: tl.constexpr,
    slots: tl.constexpr,
    dim_padded: tl.constexpr,
    dtype: tl.constexpr,
    dot_dtype: tl.constexpr,
    precision: tl.constexpr,
):
    """Writes `rows` rows of out [N, H, D] and of log_sum [N, H], the log of the softmax's denominator.

    The log_sum of a node without edges is +inf.
    """
    graph = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    first = tl.load(ptr + graph)
    size = tl.load(ptr + graph + 1) - first
    own = first.to(tl.int64) * stride + head * dim
    i = tl.program_id(2) * rows + tl.arange(0, rows)
    j = tl.arange(0, slots)
    q = load_rows(query + own, i, size, stride, dim, dim_padded).to(dot_dtype)  # [B, DP]
    k = load_rows(key + own, j, size, stride, dim, dim_padded).to(dot_dtype)  # [P, DP]
    tile = graph * width * width
    bias = edge_bias(code + tile, relation_bias, confidence + tile, i, j, head, width, heads, related, weighted, dtype)

    logit = tl.dot(q, tl.trans(k), input_precision=precision, out_dtype=dtype) * scale + bias  # [B, P]
    v = load_rows(value + own, j, size, stride, dim, dim_padded).to(dot_dtype)
    result, log = mix(logit, v, dtype, dot_dtype, precision)
    written = first.to(tl.int64) * heads
    store_rows(out + written * dim + head * dim, result, i, size, heads * dim, dim, dim_padded)
    tl.store(log_sum + written + head + i * heads, log, mask=i < size)

"""What the tile kernels read: rows of a graph, and what its edges add to the scores."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl


@triton.jit
def row_places(first, size, head, stride, dim, slots: tl.constexpr, dim_padded: tl.constexpr):
    """Where one head of a graph's rows is in [N, H, D] of row stride `stride`, and which of it exists: both [P, DP]."""
    slot = tl.arange(0, slots)
    d = tl.arange(0, dim_padded)
    place = (first + slot)[:, None].to(tl.int64) * stride + head * dim + d[None, :]
    return place, (slot < size)[:, None] & (d < dim)[None, :]


@triton.jit
def edge_bias(
    code,
    relation_bias,
    confidence,
    graph,
    head,
    width,
    heads,
    related: tl.constexpr,
    weighted: tl.constexpr,
    slots: tl.constexpr,
    dtype: tl.constexpr,
):
    """Each pair's code, its confidence (1 if not weighted), and what it adds to the score: all [P, P].

    -inf is added where there is no edge. `width` is the P of the tensors, `slots` the padded one.
    """
    i = tl.arange(0, slots)[:, None]
    j = tl.arange(0, slots)[None, :]
    place = graph.to(tl.int64) * width * width + i * width + j
    kind = tl.load(code + place, mask=(i < width) & (j < width), other=0).to(tl.int32)
    exists = kind > 0
    added = tl.zeros([slots, slots], dtype)
    sure = added + 1.0
    if related:
        added += tl.load(relation_bias + (kind - 1) * heads + head, mask=exists, other=0.0).to(dtype)
    if weighted:
        sure = tl.load(confidence + place, mask=exists, other=0.0).to(dtype)
        exists = exists & (sure > 0)
        added += tl.log(tl.where(exists, sure, 1.0))
    return kind, sure, tl.where(exists, added, float("-inf"))

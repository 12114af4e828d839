"""What the tile kernels read: rows of a graph, and what its edges add to the scores."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl


@triton.jit
def load_rows(rows, slot, size, stride, dim: tl.constexpr, dim_padded: tl.constexpr):
    """Rows `slot` `[B]` of a graph, one head of them: [B, DP], 0 where there is no node.

    `rows` points at the head of the graph's first node.
    """
    d = tl.arange(0, dim_padded)[None, :]
    return tl.load(rows + slot[:, None] * stride + d, mask=(slot < size)[:, None] & (d < dim), other=0.0)


@triton.jit
def store_rows(rows, values, slot, size, stride, dim: tl.constexpr, dim_padded: tl.constexpr):
    """Writes what `load_rows` would read."""
    d = tl.arange(0, dim_padded)[None, :]
    values = values.to(rows.dtype.element_ty)
    tl.store(rows + slot[:, None] * stride + d, values, mask=(slot < size)[:, None] & (d < dim))


@triton.jit
def edge_bias(
    code,
    relation_bias,
    confidence,
    i,
    j,
    head,
    width,
    heads: tl.constexpr,
    related: tl.constexpr,
    weighted: tl.constexpr,
    dtype: tl.constexpr,
):
    """What the pairs of receivers `i` `[B]` and senders `j` `[P]` add to the score: [B, P], -inf without an edge.

    `code` and `confidence` point at the graph's tile, of `width` slots.
    """
    place = i[:, None] * width + j[None, :]
    kind = tl.load(code + place, mask=(i < width)[:, None] & (j < width)[None, :], other=0).to(tl.int32)
    exists = kind > 0
    added = tl.where(exists, 0.0, float("-inf")).to(dtype)
    if related:
        added += tl.load(relation_bias + (kind - 1) * heads + head, mask=exists, other=0.0).to(dtype)
    if weighted:
        sure = tl.load(confidence + place, mask=exists, other=0.0).to(dtype)
        added += tl.where(sure > 0, tl.log(tl.where(sure > 0, sure, 1.0)), float("-inf"))
    return added

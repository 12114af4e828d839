"""What the CSR kernels share: which edges a program walks, where rows are, what an edge adds to the scores."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl


@triton.jit
def edges_of_program(program, nodes, rowptr, parts, num_parts, part: tl.constexpr):
    """The node and the edges of a program, and whether it has all of the node's edges or a hub's part of them.

    The first `nodes` programs have a node each, the others a hub's part each. The program of a hub itself walks no
    edges, nor does a part that is left over: its node is given as 0.
    """
    is_part = program >= nodes
    number = tl.where(is_part, program - nodes, 0)
    node = tl.load(parts + number, mask=is_part, other=0)
    start = tl.load(parts + num_parts + number, mask=is_part, other=0)
    exists = node >= 0
    node = tl.where(is_part, tl.where(exists, node, 0), program).to(tl.int64)
    row_start = tl.load(rowptr + node)
    row_stop = tl.load(rowptr + node + 1)
    whole = (row_stop - row_start) <= part
    start = tl.where(is_part, start, row_start)
    stop = tl.where(is_part, tl.where(exists, tl.minimum(start + part, row_stop), start), row_stop)
    stop = tl.where(whole | is_part, stop, start)
    return node, start, stop, (program < nodes) & whole, is_part


@triton.jit
def parts_of_hub(first, rowptr, parts, num_parts, part: tl.constexpr):
    """The node of the hub whose first part is `first`, and how many parts it has: 0 if that is no hub's first."""
    node = tl.load(parts + first)
    exists = node >= 0
    node = tl.where(exists, node, 0).to(tl.int64)
    start = tl.load(rowptr + node)
    leads = exists & (tl.load(parts + num_parts + first) == start)
    return node, tl.where(leads, tl.cdiv(tl.load(rowptr + node + 1) - start, part), 0)


@triton.jit
def lanes(heads: tl.constexpr, dim: tl.constexpr, heads_padded: tl.constexpr, dim_padded: tl.constexpr):
    """The heads [HP], the dims [DP], where each is in a row, and which of them are there: both [HP, DP]."""
    h = tl.arange(0, heads_padded)
    d = tl.arange(0, dim_padded)
    return h, d, h[:, None] * dim + d[None, :], (h < heads)[:, None] & (d < dim)[None, :]


@triton.jit
def row_mask(condition, h, d, heads: tl.constexpr, dim: tl.constexpr):
    """What of a row is there, if the scalar `condition` holds: [HP, DP]."""
    return (h < tl.where(condition, heads, 0))[:, None] & (d < dim)[None, :]


@triton.jit
def load_rows(rows, node, live, stride, heads: tl.constexpr, dim: tl.constexpr, h, d):
    """Rows `node` `[B]`, all heads: [B, HP, DP]."""
    place = node[:, None, None].to(tl.int64) * stride + h[None, :, None] * dim + d[None, None, :]
    mask = live[:, None, None] & ((h < heads)[:, None] & (d < dim)[None, :])[None, :, :]
    return tl.load(rows + place, mask=mask, other=0.0)


@triton.jit
def edge_bias(
    relation,
    relation_bias,
    confidence,
    permutation,
    edge,
    live,
    h,
    heads: tl.constexpr,
    related: tl.constexpr,
    weighted: tl.constexpr,
    dtype: tl.constexpr,
):
    """What edges `edge` `[B]` add to the scores: [B, HP], -inf where there is no edge."""
    mask = live[:, None] & (h < heads)[None, :]
    added = tl.where(mask, 0.0, float("-inf")).to(dtype)
    if related:
        kind = tl.load(relation + edge, mask=live, other=0)
        added += tl.load(relation_bias + kind[:, None] * heads + h[None, :], mask=mask, other=0.0).to(dtype)
    if weighted:
        place = tl.load(permutation + edge, mask=live, other=0)
        sure = tl.load(confidence + place, mask=live, other=0.0).to(dtype)
        added += tl.where(sure > 0, tl.log(tl.where(sure > 0, sure, 1.0)), float("-inf"))[:, None]
    return added

"""Relational attention on the GPU over small graphs whose edges are inferred on chip, from the table of their nodes."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

from typing import Any

import triton
import triton.language as tl
from torch import Tensor

from egograph.kernels.infer_edges.triton_relate import load_nodes, relate, top_k_cosine
from egograph.kernels.inferred_edges import InferredEdges
from egograph.kernels.relational_attention.rows import alike
from egograph.kernels.relational_attention.triton_tile import forward_sizes
from egograph.kernels.relational_attention.triton_tile_forward import mix
from egograph.kernels.relational_attention.triton_tile_load import load_rows, store_rows

MANY = 512  # programs, from which on one takes all heads and infers its edges once


@triton.jit
def inferred_kernel(
    query,
    key,
    value,
    box,
    kind,
    track,
    feature,
    frame,
    contact,
    score,
    relation_bias,
    out,
    contact_threshold,
    overlap_threshold,
    proximity_threshold,
    proximity_scale,
    similarity_threshold,
    k,
    stride,
    out_stride,
    width,
    scale,
    feature_channels: tl.constexpr,
    heads_here: tl.constexpr,
    heads: tl.constexpr,
    dim: tl.constexpr,
    related: tl.constexpr,
    rows: tl.constexpr,
    slots: tl.constexpr,
    dim_padded: tl.constexpr,
    dtype: tl.constexpr,
    dot_dtype: tl.constexpr,
    precision: tl.constexpr,
):
    """Writes `rows` rows of out [G · P, H, D]; its edges are inferred once for the heads of the program."""
    start = tl.program_id(0).to(tl.int64) * width
    i = tl.program_id(2) * rows + tl.arange(0, rows)
    j = tl.arange(0, slots)
    nodes = load_nodes(box, kind, track, frame, contact, score, start + i, i < width)
    others = load_nodes(box, kind, track, frame, contact, score, start + j, j < width)
    cosine = top_k_cosine(nodes, others, i, j, feature, start, width, similarity_threshold, k, feature_channels)
    found, sure = relate(
        nodes, others, i, j, cosine, contact_threshold, overlap_threshold, proximity_threshold, proximity_scale
    )
    exists = (found >= 0) & (sure > 0)
    base = tl.where(exists, tl.log(tl.where(exists, sure, 1.0)), float("-inf")).to(dtype)  # [B, P]
    there, there_j = (nodes[9] > 0)[:, None], (others[9] > 0)[:, None]  # by the score
    for step in range(heads_here):
        head = tl.program_id(1) * heads_here + step
        own = start * stride + head * dim
        q = load_rows(query + own, i, width, stride, dim, dim_padded).to(dot_dtype)  # [B, DP]
        q = tl.where(there, q, 0.0)  # what an absent node holds need not be finite
        of = load_rows(key + own, j, width, stride, dim, dim_padded).to(dot_dtype)  # [P, DP]
        of = tl.where(there_j, of, 0.0)
        bias = base
        if related:
            bias += tl.load(relation_bias + found * heads + head, mask=exists, other=0.0).to(dtype)
        logit = tl.dot(q, tl.trans(of), input_precision=precision, out_dtype=dtype) * scale + bias
        v = load_rows(value + own, j, width, stride, dim, dim_padded).to(dot_dtype)
        v = tl.where(there_j, v, 0.0)
        result, _ = mix(logit, v, dtype, dot_dtype, precision)
        store_rows(out + start * out_stride + head * dim, result, i, width, out_stride, dim, dim_padded)


def attend_inferred(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edges: InferredEdges,
    relation_bias: Tensor | None,
    scale: float,
    out: Tensor,
) -> None:
    """Writes the output into `out` `[N, H, D]`, contiguous from head to head."""
    query, key, value = alike(query, key, value)
    if query.shape[0] == 0:
        return
    rules, heads = edges.rules, query.shape[1]
    constants = sizes(edges.slots, query)
    blocks = constants["slots"] // constants["rows"]
    heads_here = heads if edges.graphs * blocks >= MANY else 1
    inferred_kernel[(edges.graphs, heads // heads_here, blocks)](
        query,
        key,
        value,
        *(column.contiguous() for column in edges.tensors()),
        edges.score if relation_bias is None else relation_bias.contiguous(),
        out,
        rules.contact_threshold,
        rules.overlap_threshold,
        rules.proximity_threshold,
        rules.proximity_scale,
        rules.similarity_threshold,
        min(rules.k, edges.slots),
        query.stride(0),
        out.stride(0),
        edges.slots,
        scale,
        feature_channels=edges.feature.shape[1],
        heads_here=heads_here,
        related=relation_bias is not None,
        **constants,
    )


def sizes(width: int, query: Tensor) -> dict[str, Any]:
    """What the kernel is compiled for: few receivers at a time, for a pair takes many registers while it is judged."""
    constants = forward_sizes(width, query)
    return constants | {"rows": 16, "num_warps": {16: 2, 32: 4}.get(constants["slots"], 8)}

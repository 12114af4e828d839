"""Relational attention over a layout of edges, in the form that the layout chose."""

import torch
from torch import Tensor

from egograph.kernels.edge_layout import EdgeLayout
from egograph.kernels.inferred_edges import InferredEdges
from egograph.kernels.relational_attention import cpu_small, inferred_op
from egograph.kernels.relational_attention.csr_op import csr_attention_op
from egograph.kernels.relational_attention.tile_op import tile_attention_op
from egograph.kernels.tile_edges import MAX_RELATIONS, TileEdges


def relational_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    layout: EdgeLayout,
    relation_bias: Tensor | None = None,
    edge_confidence: Tensor | None = None,
    scale: float | None = None,
) -> Tensor:
    """Attention of each node over its incoming edges, with a bias by relation and a weight by confidence.

    For node i, over its incoming edges j → i::

        out_i = Σ_j softmax_j( scale · q_i·k_j + relation_bias[r_ij] + log confidence_ij ) · v_j

    A node without incoming edges gets 0. An edge of confidence 0 does not exist, and its confidence gets the
    gradient 0; for a head, nor does one whose relation has the bias -inf. With neither relation nor confidence it
    is the core of PyG's `TransformerConv` (https://arxiv.org/abs/2009.03509). Sums are kept in float32 (float64
    for float64 inputs). A second derivative and forward-mode derivatives are defined for small batches on the CPU
    alone: asking for one elsewhere raises.

    Args:
        query: `[N, H, D]`, as are key and value, of one type (but under autocast) and device, and finite: in tiles,
            what is not finite reaches every node of its graph.
        key: `[N, H, D]`.
        value: `[N, H, D]`.
        layout: the edges, and their relations where relation_bias is given; or the nodes to infer them from.
        relation_bias: `[R, H]`; every relation of the layout is below R. On CUDA, of more than 126 it gets no gradient.
        edge_confidence: `[E]` in 0 … 1, in the order of the `edge_index` that the layout was made from.
        scale: 1/√D unless given.

    Returns:
        `[N, H, D]` in the type of query.

    Raises:
        ValueError: the shapes don't fit each other or the layout, or the bias wants a gradient that there is not.
    """
    _check(query, key, value, layout, relation_bias, edge_confidence)
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    if isinstance(layout.edges, InferredEdges):
        if inferred_op.takes(query, key, value, layout.edges, relation_bias):
            return inferred_op.attend(query, key, value, layout.edges, relation_bias, scale)
        absent = (layout.edges.score <= 0)[:, None, None]  # may hold anything; a tile would spread what is not finite
        query, key, value = (rows.masked_fill(absent, 0) for rows in (query, key, value))
        layout, edge_confidence = layout.inferred()
    edges = layout.edges
    if relation_bias is not None and layout.num_relations is not None:
        relation_bias = relation_bias[: layout.num_relations]
    trained = relation_bias is not None and relation_bias.requires_grad and torch.is_grad_enabled()
    if relation_bias is not None and trained and query.is_cuda and len(relation_bias) > MAX_RELATIONS:
        told = f"{len(relation_bias)} relations; on CUDA at most {MAX_RELATIONS} get a gradient"
        raise ValueError(f"relation_bias: {told}; merge relations, or detach it")
    if isinstance(edges, TileEdges):
        confidence = None if edge_confidence is None else edges.spread(edge_confidence)
        if cpu_small.takes(query, edges):
            return cpu_small.attend_small(query, key, value, edges, relation_bias, confidence, scale)
        tile = (edges.ptr, edges.code, edges.mask, relation_bias, confidence, scale, edges.isolated)
        out, _ = tile_attention_op(query, key, value, *tile)
        return out
    out, _ = csr_attention_op(query, key, value, edges.tensors(), relation_bias, edge_confidence, scale)
    return out


def relational_attention_into(
    out: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    layout: EdgeLayout,
    relation_bias: Tensor | None = None,
    edge_confidence: Tensor | None = None,
    scale: float | None = None,
) -> None:
    """`relational_attention` without gradients, written into `out` `[N, H, D]`.

    Over edges that are inferred on chip it allocates nothing.

    Raises:
        ValueError: the shapes don't fit each other or the layout.
    """
    _check(query, key, value, layout, relation_bias, edge_confidence)
    if out.shape != query.shape or out.dtype != query.dtype or out.stride()[1:] != (query.shape[2], 1):
        given = f"{out.dtype} {list(out.shape)} of strides {list(out.stride())}"
        raise ValueError(f"out: {given}; give it as query is, contiguous but from node to node")
    with torch.no_grad():
        if isinstance(layout.edges, InferredEdges) and inferred_op.takes(
            query, key, value, layout.edges, relation_bias
        ):
            scale = query.shape[-1] ** -0.5 if scale is None else scale
            inferred_op.attend_into(out, query, key, value, layout.edges, relation_bias, scale)
        else:
            out.copy_(relational_attention(query, key, value, layout, relation_bias, edge_confidence, scale))


def _check(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    layout: EdgeLayout,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
) -> None:
    if query.ndim != 3 or query.shape[0] != layout.num_nodes:
        raise ValueError(f"query: shape {list(query.shape)}; the layout has {layout.num_nodes} nodes, give [N, H, D]")
    cast = torch.is_autocast_enabled(query.device.type)  # then the ops give all three one type
    for name, tensor in (("key", key), ("value", value)):
        if tensor.shape != query.shape or (tensor.dtype != query.dtype and not cast):
            given, wanted = f"{tensor.dtype} {list(tensor.shape)}", f"{query.dtype} {list(query.shape)}"
            raise ValueError(f"{name}: {given}; give it as query is, {wanted}")
    if layout.device != query.device:
        raise ValueError(f"layout: on {layout.device}, query on {query.device}; make it from an edge_index there")
    if relation_bias is not None and layout.num_relations == 0:
        raise ValueError("relation_bias: the layout has no relations; make the layout with relation=")
    if relation_bias is not None and (relation_bias.ndim != 2 or relation_bias.shape[1] != query.shape[1]):
        raise ValueError(f"relation_bias: shape {list(relation_bias.shape)}; give [R, {query.shape[1]}], one per head")
    if relation_bias is not None and layout.num_relations is not None and relation_bias.shape[0] < layout.num_relations:
        raise ValueError(
            f"relation_bias: {relation_bias.shape[0]} rows; the layout has {layout.num_relations} relations"
        )
    if edge_confidence is not None and layout.num_edges is None:
        raise ValueError("edge_confidence: the layout infers its edges, and how sure they are; give none")
    if edge_confidence is not None and edge_confidence.shape != (layout.num_edges,):
        shape = list(edge_confidence.shape)
        raise ValueError(f"edge_confidence: shape {shape}; give [{layout.num_edges}], one per edge")

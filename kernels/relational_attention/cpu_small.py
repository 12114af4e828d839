"""Relational attention on the CPU over a few small graphs, in torch's own differentiable ops.

An op of ours is dispatched and differentiated in Python, which here would take longer than the work.
"""

import torch
from torch import Tensor

from egograph.kernels.relational_attention.cpu_tile_bias import SMALL, edge_bias, has_edge
from egograph.kernels.tile_edges import TileEdges
from egograph.kernels.working_type import working_type


def takes(query: Tensor, edges: TileEdges) -> bool:
    """Whether this form is the one for `query` `[N, H, D]`: equal graphs, few of them, and no autocast to see to."""
    graphs, slots, _ = edges.code.shape
    nodes, heads, dim = query.shape
    return (
        query.device.type == "cpu"
        and nodes == graphs * slots
        and nodes * heads * max(slots, dim) <= SMALL
        and not torch.is_autocast_enabled("cpu")
    )


def attend_small(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edges: TileEdges,
    relation_bias: Tensor | None,
    confidence: Tensor | None,
    scale: float,
) -> Tensor:
    """The output `[N, H, D]` in the type of query; `confidence` is `[G, P, P]`."""
    graphs, slots, _ = edges.code.shape
    nodes, heads, dim = query.shape
    bias = edge_bias(edges.code, edges.mask, relation_bias, confidence)
    q, k, v = (
        x.to(working_type(x)).reshape(graphs, slots, heads, dim).permute(2, 0, 1, 3).reshape(-1, slots, dim)
        for x in (query, key, value)
    )
    scores = torch.bmm(q, k.mT).view(heads, graphs, slots, slots)
    weight = torch.add(bias, scores, alpha=scale).softmax(dim=-1)
    if edges.isolated or confidence is not None:
        weight = weight * has_edge(bias)
    out = torch.bmm(weight.view(-1, slots, slots), v).view(heads, graphs, slots, dim)
    return out.permute(1, 2, 0, 3).reshape(nodes, heads, dim).to(query.dtype)

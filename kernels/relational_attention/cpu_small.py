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
    q, k, v = (_by_head(x, graphs) for x in (query, key, value))
    bias = edge_bias(edges.code, edges.mask, relation_bias, confidence).to(q.dtype)
    if graphs == 1:
        logit = torch.baddbmm(bias[:, 0], q, k.mT, alpha=scale)
    else:
        scores = torch.bmm(q, k.mT).view(heads, graphs, slots, slots)
        logit = torch.add(bias, scores, alpha=scale).view(-1, slots, slots)
    weight = logit.softmax(dim=-1)
    if edges.isolated or confidence is not None or relation_bias is not None:
        weight = (weight.view(heads, graphs, slots, slots) * has_edge(bias)).view(-1, slots, slots)
    out = torch.bmm(weight, v).view(heads, graphs, slots, dim)
    return out.permute(1, 2, 0, 3).reshape(nodes, heads, dim).to(query.dtype)


def _by_head(rows: Tensor, graphs: int) -> Tensor:
    """Rows `[N, H, D]` as `[H · G, P, D]` in the working type."""
    rows = rows.to(working_type(rows))
    if graphs == 1:
        return rows.transpose(0, 1)
    nodes, heads, dim = rows.shape
    slots = nodes // graphs
    return rows.reshape(graphs, slots, heads, dim).permute(2, 0, 1, 3).reshape(-1, slots, dim)

"""Relational attention written out: one receiver at a time, any precision, gradients by autograd."""

import torch
from torch import Tensor


def relational_attention_reference(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edge_index: Tensor,
    relation: Tensor | None = None,
    relation_bias: Tensor | None = None,
    edge_confidence: Tensor | None = None,
    scale: float | None = None,
) -> Tensor:
    """The output `[N, H, D]` of `egograph.ops.relational_attention`, from the edges as they were given.

    Args:
        query: `[N, H, D]`, as are key and value.
        key: what senders are known by.
        value: what senders give.
        edge_index: int `[2, E]`, row 0 sends, row 1 receives.
        relation: int `[E]`, needed with relation_bias.
        relation_bias: `[R, H]`.
        edge_confidence: `[E]`.
        scale: 1/√D unless given.
    """
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    sender, receiver = edge_index
    exists = torch.ones_like(sender, dtype=torch.bool) if edge_confidence is None else edge_confidence > 0
    rows = []
    for node in range(query.shape[0]):
        edges = (exists & (receiver == node)).nonzero().squeeze(1)
        if edges.numel() == 0:
            rows.append(torch.zeros_like(query[node]))
            continue
        logit = scale * (query[node] * key[sender[edges]]).sum(-1)  # [incoming, H]
        if relation is not None and relation_bias is not None:
            logit = logit + relation_bias[relation[edges]]
        if edge_confidence is not None:
            logit = logit + edge_confidence[edges].log()[:, None]
        exist = (logit > -torch.inf).any(dim=0)  # a head for which all are banned gives 0
        weight = torch.where(exist, logit, 0).softmax(dim=0) * exist
        rows.append((weight[:, :, None] * value[sender[edges]]).sum(0))
    return torch.stack(rows) if rows else torch.zeros_like(query)

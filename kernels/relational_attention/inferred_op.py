"""Attention over edges inferred on chip as a torch op: CUDA alone, and without gradients."""

from typing import Any

import torch
from torch import Tensor

from egograph.kernels.infer_edges.rules import EdgeRules
from egograph.kernels.inferred_edges import InferredEdges
from egograph.kernels.register import register_op
from egograph.kernels.tile_edges import MAX_NODES


def takes(query: Tensor, key: Tensor, value: Tensor, edges: InferredEdges, relation_bias: Tensor | None) -> bool:
    """Whether this form is the one: small graphs on CUDA, and nothing that wants a gradient."""
    if not query.is_cuda or edges.slots > MAX_NODES:
        return False
    inputs = (query, key, value, relation_bias, edges.feature, edges.contact, edges.score)
    return not (torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in inputs))


def attend_into(
    out: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edges: InferredEdges,
    relation_bias: Tensor | None,
    scale: float,
) -> None:
    """Writes the output into `out` `[N, H, D]`."""
    from egograph.kernels.relational_attention import triton_inferred  # Triton is there on GPU machines alone

    with torch.cuda.device(query.device):
        triton_inferred.attend_inferred(query, key, value, edges, relation_bias, scale, out)


def _attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    table: list[Tensor],
    relation_bias: Tensor | None,
    graphs: int,
    scale: float,
    contact_threshold: float,
    overlap_threshold: float,
    proximity_threshold: float,
    proximity_scale: float,
    similarity_threshold: float,
    k: int,
) -> Tensor:
    """The output `[N, H, D]`; `table` is `InferredEdges.tensors()`."""
    rules = EdgeRules(
        contact_threshold, overlap_threshold, proximity_threshold, proximity_scale, similarity_threshold, k
    )
    edges = InferredEdges.of_tensors(table, graphs, rules)
    out = query.new_empty(query.shape)
    attend_into(out, query, key, value, edges, relation_bias, scale)
    return out


def _fake(query: Tensor, *_: Any) -> Tensor:
    return query.new_empty(query.shape)


inferred_attention_op = register_op("inferred_attention", _attend, _fake, cast=3)


def attend(
    query: Tensor, key: Tensor, value: Tensor, edges: InferredEdges, relation_bias: Tensor | None, scale: float
) -> Tensor:
    """The output `[N, H, D]`."""
    rules = edges.rules.values()
    return inferred_attention_op(query, key, value, edges.tensors(), relation_bias, edges.graphs, scale, *rules)

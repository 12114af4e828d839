"""Relational attention on the CPU over tiles: masked dense attention of each small graph, one head at a time.

A head's rows are read where they are. Graphs are taken in steps, so that a step's scores stay in the cache; those of
unequal size are padded first. The backward computes the weights again.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from egograph.kernels.relational_attention.cpu_tile_bias import SMALL, edge_bias, has_edge
from egograph.kernels.working_type import working_type


def attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ptr: Tensor,
    code: Tensor,
    mask: Tensor | None,
    relation_bias: Tensor | None,
    confidence: Tensor | None,
    scale: float,
    isolated: bool,
) -> Tensor:
    """The output `[N, H, D]` in the type of query."""
    slot = _slots(query, ptr, code)
    q, k, v = (_tiles(x, slot, code) for x in (query, key, value))
    out = torch.empty_like(q, memory_format=torch.contiguous_format)
    for step in _steps(q, code, mask, relation_bias, confidence, isolated):
        for head, part in step.heads():
            weight = step.weight(q[part], k[part], head, scale)
            out[part].copy_(torch.bmm(weight, v[part]))
    return _rows(out, slot, query)


def attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ptr: Tensor,
    code: Tensor,
    relation_bias: Tensor | None,
    confidence: Tensor | None,
    scale: float,
    isolated: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, confidence (empty where the input is None)."""
    slot = _slots(query, ptr, code)
    g, q, k, v = (_tiles(x, slot, code) for x in (grad, query, key, value))
    of_query, of_key, of_value = (torch.empty_like(q, memory_format=torch.contiguous_format) for _ in range(3))
    of_code = q.new_zeros((q.shape[2], 1 if relation_bias is None else relation_bias.shape[0] + 1))
    of_confidence = query.new_empty(0) if confidence is None else torch.zeros_like(confidence, dtype=q.dtype)
    for step in _steps(q, code, None, relation_bias, confidence, isolated):
        for head, part in step.heads():
            weight = step.weight(q[part], k[part], head, scale)
            of_value[part].copy_(torch.bmm(weight.mT, g[part]))
            grad_logit = torch._softmax_backward_data(torch.bmm(g[part], v[part].mT), weight, -1, weight.dtype)
            if relation_bias is not None:
                of_code[head].index_add_(0, code[step.graphs].flatten().int(), grad_logit.flatten())
            if confidence is not None:
                of_confidence[step.graphs] += grad_logit
            grad_logit.mul_(scale)
            of_query[part].copy_(torch.bmm(grad_logit, k[part]))
            of_key[part].copy_(torch.bmm(grad_logit.mT, q[part]))
    of_bias = query.new_empty(0)
    if relation_bias is not None:
        of_bias = of_code[:, 1:].t().to(relation_bias.dtype).contiguous()
    if confidence is not None:
        of_confidence = of_confidence.div_(confidence).masked_fill_(~(confidence > 0), 0).to(confidence.dtype)
    of_query, of_key, of_value = (_rows(x, slot, query) for x in (of_query, of_key, of_value))
    return of_query, of_key, of_value, of_bias, of_confidence


class _Step(NamedTuple):
    """Some of the graphs.

    Attributes:
        graphs: which, `g` of them.
        bias: what is added to the scores, `[H or 1, g, P, P]`.
        exists: whether a node has an edge, bool `[H or 1, g, P, 1]`; None where all have.
        num_heads: H.
    """

    graphs: slice
    bias: Tensor
    exists: Tensor | None
    num_heads: int

    def heads(self) -> Iterator[tuple[int, tuple[slice, slice, int]]]:
        """Each head, and where its rows `[g, P, D]` are in `[G, P, H, D]`."""
        return ((head, (self.graphs, slice(None), head)) for head in range(self.num_heads))

    def weight(self, query: Tensor, key: Tensor, head: int, scale: float) -> Tensor:
        """The softmax of a head's logits, `[g, P, P]`; 0 in the row of a node without edges."""
        scores = torch.bmm(query, key.mT)
        weight = torch.add(self.bias[head % len(self.bias)], scores, alpha=scale, out=scores).softmax(dim=-1)
        return weight if self.exists is None else weight.mul_(self.exists[head % len(self.exists)])


def _steps(
    rows: Tensor,
    code: Tensor,
    mask: Tensor | None,
    relation_bias: Tensor | None,
    confidence: Tensor | None,
    isolated: bool,
) -> Iterator[_Step]:
    graphs, slots, heads, dim = rows.shape
    size = max(1, SMALL // (slots * max(slots, dim)))
    banned = relation_bias is not None and bool((relation_bias == -math.inf).any())
    for start in range(0, graphs, size):
        part = slice(start, start + size)
        known, sure = (None if x is None else x[part] for x in (mask, confidence))
        bias = edge_bias(code[part], known, relation_bias, sure)
        yield _Step(part, bias, has_edge(bias) if isolated or banned or sure is not None else None, heads)


def _slots(query: Tensor, ptr: Tensor, code: Tensor) -> Tensor | None:
    """The slot int64 `[N]` of each node among the `G · P`; None where no slot is left over."""
    graphs, slots, _ = code.shape
    if graphs * slots == query.shape[0]:
        return None
    shift = torch.arange(graphs) * slots - ptr[:-1]
    return torch.arange(query.shape[0]) + shift.repeat_interleave(ptr.diff(), output_size=query.shape[0])


def _tiles(rows: Tensor, slot: Tensor | None, code: Tensor) -> Tensor:
    """Rows `[N, H, D]` as tiles `[G, P, H, D]` in the working type; 0 in a slot that is left over."""
    graphs, slots, _ = code.shape
    rows = rows.to(working_type(rows))
    if slot is not None:
        rows = rows.new_zeros((graphs * slots, *rows.shape[1:])).index_copy_(0, slot, rows)
    return rows.view(graphs, slots, *rows.shape[1:])


def _rows(tiles: Tensor, slot: Tensor | None, like: Tensor) -> Tensor:
    """Tiles `[G, P, H, D]` as rows `[N, H, D]` in the type of `like`."""
    rows = tiles.flatten(0, 1)
    return (rows if slot is None else rows.index_select(0, slot)).to(like.dtype)

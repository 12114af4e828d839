"""Relational attention on the CPU over CSR edges: sparse matrix products, one head at a time.

Scores exist for edges alone; nothing of size N × N is made. One head's rows are few enough to stay in the cache where
those of all heads are not.
"""

import math
import warnings

import torch
from torch import Tensor

from egograph.kernels.csr_edges import CsrEdges
from egograph.kernels.working_type import working_type

with warnings.catch_warnings():
    # torch says once a process that CSR tensors are in beta; said here, it does not reach the user.
    warnings.filterwarnings("ignore", message="Sparse CSR tensor support")
    torch.sparse_csr_tensor([0, 0], [], [], (1, 1), check_invariants=False)


def attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edges: CsrEdges,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor]:
    """The output `[N, H, D]` in the type of query, and the weights `[H, E]` for the backward."""
    nodes, heads, _ = query.shape
    dtype = working_type(query)
    out = query.new_zeros(query.shape, dtype=dtype)
    weights = query.new_empty((heads, edges.col.shape[0]), dtype=dtype)
    if nodes == 0 or edges.col.shape[0] == 0:
        return out.to(query.dtype), weights
    pattern = (edges.rowptr, edges.col)
    sure = None if edge_confidence is None else edge_confidence.to(dtype).index_select(0, edges.permutation)
    for head, weight in enumerate(weights):
        bias = _bias(edges.relation, relation_bias, sure, head, weight)
        logit = _scores(pattern, bias, _head(query, head, dtype), _head(key, head, dtype), scale)
        _softmax(logit, edges, out=weight)
        out[:, head] = _gather(pattern, weight, _head(value, head, dtype))
    return out.to(query.dtype), weights


def attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weights: Tensor,
    edges: CsrEdges,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, edge_confidence (empty where the input is None)."""
    heads, num_edges = weights.shape
    dtype = weights.dtype
    by_receiver, by_sender = (edges.rowptr, edges.col), (edges.by_sender.colptr, edges.by_sender.row)
    of_query, of_key, of_value = (x.new_zeros(x.shape, dtype=dtype) for x in (query, key, value))
    of_bias = query.new_zeros((heads, 0 if relation_bias is None else relation_bias.shape[0]), dtype=dtype)
    of_logit = query.new_zeros(num_edges, dtype=dtype)  # summed over the heads
    for head, weight in enumerate(weights if query.shape[0] and num_edges else ()):
        g, q, k, v = (_head(x, head, dtype) for x in (grad, query, key, value))
        grad_logit = _scores(by_receiver, torch.zeros_like(weight), g, v, 1.0).mul_(weight)
        expected = torch.segment_reduce(grad_logit, "sum", offsets=edges.rowptr)
        grad_logit.addcmul_(weight, expected.index_select(0, edges.row), value=-1)
        of_query[:, head] = _gather(by_receiver, grad_logit, k, scale)
        of_key[:, head] = _gather(by_sender, grad_logit.index_select(0, edges.by_sender.edge), q, scale)
        of_value[:, head] = _gather(by_sender, weight.index_select(0, edges.by_sender.edge), g)
        if relation_bias is not None and edges.relation is not None:
            of_bias[head].index_add_(0, edges.relation, grad_logit)
        if edge_confidence is not None:
            of_logit += grad_logit
    return (
        of_query.to(query.dtype),
        of_key.to(key.dtype),
        of_value.to(value.dtype),
        query.new_empty(0) if relation_bias is None else of_bias.t().to(relation_bias.dtype).contiguous(),
        query.new_empty(0) if edge_confidence is None else _of_confidence(of_logit, edges.permutation, edge_confidence),
    )


def _of_confidence(of_logit: Tensor, permutation: Tensor, edge_confidence: Tensor) -> Tensor:
    of_given = torch.empty_like(of_logit).index_copy_(0, permutation.long(), of_logit)
    return torch.where(edge_confidence > 0, of_given / edge_confidence, 0).to(edge_confidence.dtype)


def _bias(
    relation: Tensor | None, relation_bias: Tensor | None, sure: Tensor | None, head: int, like: Tensor
) -> Tensor:
    """What is added to a head's scores, `[E]`: the relation's bias and the logarithm of the confidence `sure`."""
    bias = torch.zeros_like(like)
    if relation is not None and relation_bias is not None:
        bias = relation_bias[:, head].to(like.dtype).index_select(0, relation)
    return bias if sure is None else bias.add_(sure.log().masked_fill_(sure <= 0, -math.inf))


def _head(tensor: Tensor, head: int, dtype: torch.dtype) -> Tensor:
    """One head's rows `[N, D]`, contiguous."""
    return tensor[:, head].to(dtype).contiguous()


def _matrix(pattern: tuple[Tensor, Tensor], values: Tensor, columns: int) -> Tensor:
    return torch.sparse_csr_tensor(*pattern, values, (pattern[0].shape[0] - 1, columns), check_invariants=False)


def _scores(pattern: tuple[Tensor, Tensor], bias: Tensor, left: Tensor, right: Tensor, scale: float) -> Tensor:
    """`bias + scale · left_i · right_j` for each edge j → i: `[E]`."""
    nodes = right.shape[0]
    spare = max(0, -(-bias.shape[0] // nodes) - nodes)  # repeated edges may outnumber the pairs: torch refuses that
    right = torch.nn.functional.pad(right, (0, 0, 0, spare)) if spare else right
    scores: Tensor = torch.sparse.sampled_addmm(_matrix(pattern, bias, nodes + spare), left, right.t(), alpha=scale)
    return scores.values()


def _gather(pattern: tuple[Tensor, Tensor], weight: Tensor, rows: Tensor, scale: float = 1.0) -> Tensor:
    """`scale` times the sum of `weight · rows_j` over each node's edges: `[N, D]`."""
    return torch.zeros_like(rows).addmm_(_matrix(pattern, weight, rows.shape[0]), rows, alpha=scale)


def _softmax(logit: Tensor, edges: CsrEdges, out: Tensor) -> None:
    """The softmax of `logit` `[E]` within each node's edges; 0 where a node's are all -inf."""
    highest = torch.segment_reduce(logit, "max", offsets=edges.rowptr)
    highest = highest.masked_fill_(highest == -math.inf, 0)
    torch.sub(logit, highest.index_select(0, edges.row), out=out).exp_()
    total = torch.segment_reduce(out, "sum", offsets=edges.rowptr)
    total = total.masked_fill_(total == 0, 1)
    out.mul_(total.reciprocal_().index_select(0, edges.row))

"""Relational attention on the CPU: sparse matrix products over the edges, all heads in one call.

The heads are stacked into one graph of H·N nodes (head h of node n is node h·N + n), so that every step below
is one call whatever H is. Scores exist for edges alone; nothing of size N × N is made.
"""

import math
import warnings

import torch
from torch import Tensor

with warnings.catch_warnings():
    # torch says once a process that CSR tensors are in beta; said here, it does not reach the user.
    warnings.filterwarnings("ignore", message="Sparse CSR tensor support")
    torch.sparse_csr_tensor([0, 0], [], [], (1, 1), check_invariants=False)


def attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    rowptr: Tensor,
    col: Tensor,
    permutation: Tensor,
    relation: Tensor | None,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor]:
    """The output `[N, H, D]` in the query's type, and the attention weights `[H, E]` for the backward."""
    nodes, heads, _ = query.shape
    dtype = working_type(query)
    edges = col.shape[0]
    if nodes == 0 or edges == 0:
        return torch.zeros_like(query, memory_format=torch.contiguous_format), query.new_zeros(
            (heads, edges), dtype=dtype
        )
    pattern = _stack(rowptr, col, heads)
    bias = _bias(permutation, relation, relation_bias, edge_confidence, heads, dtype)
    logit = _scores(pattern, bias.flatten(), _by_head(query, dtype), _by_head(key, dtype), scale)
    weight = _softmax(logit, pattern[0])
    out = _gather(pattern, weight, _by_head(value, dtype))
    return _by_node(out, heads).to(query.dtype), weight.view(heads, edges)


def attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    out: Tensor,
    weight: Tensor,
    rowptr: Tensor,
    col: Tensor,
    permutation: Tensor,
    relation: Tensor | None,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
    colptr: Tensor,
    sender_row: Tensor,
    sender_edge: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, edge_confidence (empty where the input is None)."""
    nodes, heads, _ = query.shape
    dtype = weight.dtype
    if nodes == 0 or col.shape[0] == 0:
        return tuple(_zero_gradient(x, query) for x in (query, key, value, relation_bias, edge_confidence))  # type: ignore[return-value]
    pattern = _stack(rowptr, col, heads)
    grad_by_head = _by_head(grad, dtype)
    reward = _scores(pattern, None, grad_by_head, _by_head(value, dtype), 1.0)  # [H·E]
    expected = (grad_by_head * _by_head(out, dtype)).sum(-1)  # [H·N]
    grad_logit = (weight.flatten() * (reward - _per_edge(expected, pattern[0], reward))).view_as(weight)

    by_sender = _stack(colptr, sender_row, heads)
    grad_query = _gather(pattern, grad_logit.flatten(), _by_head(key, dtype), scale)
    grad_key = _gather(by_sender, _reorder(grad_logit, sender_edge), _by_head(query, dtype), scale)
    grad_value = _gather(by_sender, _reorder(weight, sender_edge), grad_by_head)
    return (
        _by_node(grad_query, heads).to(query.dtype),
        _by_node(grad_key, heads).to(key.dtype),
        _by_node(grad_value, heads).to(value.dtype),
        _bias_gradient(grad_logit, relation, relation_bias, query),
        _confidence_gradient(grad_logit, permutation, edge_confidence, query),
    )


def working_type(tensor: Tensor) -> torch.dtype:
    """The type that sums are kept in: float64 for float64, else float32."""
    return torch.float64 if tensor.dtype == torch.float64 else torch.float32


def _bias(
    permutation: Tensor,
    relation: Tensor | None,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    heads: int,
    dtype: torch.dtype,
) -> Tensor:
    """What is added to the scores, `[H, E]`: the relation's bias and the confidence's logarithm."""
    bias = torch.zeros((heads, permutation.shape[0]), dtype=dtype)
    if relation is not None and relation_bias is not None:
        bias = relation_bias.to(dtype).t().index_select(1, relation)
    if edge_confidence is not None:
        bias += edge_confidence.to(dtype).index_select(0, permutation).clamp(min=0).log()
    return bias


def _bias_gradient(grad_logit: Tensor, relation: Tensor | None, relation_bias: Tensor | None, like: Tensor) -> Tensor:
    if relation is None or relation_bias is None:
        return like.new_empty(0)
    grad = grad_logit.new_zeros((grad_logit.shape[0], relation_bias.shape[0]))
    return grad.index_add_(1, relation, grad_logit).t().to(relation_bias.dtype).contiguous()


def _confidence_gradient(
    grad_logit: Tensor, permutation: Tensor, edge_confidence: Tensor | None, like: Tensor
) -> Tensor:
    if edge_confidence is None:
        return like.new_empty(0)
    confidence = edge_confidence.to(grad_logit.dtype)
    grad = torch.empty_like(confidence)
    grad[permutation] = grad_logit.sum(0)
    return torch.where(confidence > 0, grad / confidence, 0).to(edge_confidence.dtype)


def _zero_gradient(tensor: Tensor | None, like: Tensor) -> Tensor:
    return like.new_empty(0) if tensor is None else tensor.new_zeros(tensor.shape)


def _by_head(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    """`[N, H, D]` as the stacked graph's `[H·N, D]`."""
    return tensor.to(dtype).transpose(0, 1).reshape(-1, tensor.shape[2])


def _by_node(tensor: Tensor, heads: int) -> Tensor:
    """The stacked graph's `[H·N, D]` as `[N, H, D]`."""
    return tensor.view(heads, -1, tensor.shape[1]).transpose(0, 1).contiguous()


def _reorder(edge_value: Tensor, edge: Tensor) -> Tensor:
    """`[H, E]` in another order of the edges, flat."""
    return edge_value.index_select(1, edge).flatten()


def _stack(rowptr: Tensor, col: Tensor, heads: int) -> tuple[Tensor, Tensor]:
    """The stacked graph's row offsets `[H·N + 1]` and columns `[H·E]`."""
    nodes, edges = rowptr.shape[0] - 1, col.shape[0]
    index = torch.int32 if heads * max(nodes, edges) < 2**31 else torch.int64
    head = torch.arange(heads, dtype=index)[:, None]
    starts = (rowptr[:-1] + head * edges).flatten()
    end = torch.tensor([heads * edges], dtype=index)
    return torch.cat([starts, end]), (col + head * nodes).flatten()


def _matrix(pattern: tuple[Tensor, Tensor], values: Tensor) -> Tensor:
    size = pattern[0].shape[0] - 1
    return torch.sparse_csr_tensor(*pattern, values, (size, size), check_invariants=False)


def _scores(pattern: tuple[Tensor, Tensor], bias: Tensor | None, left: Tensor, right: Tensor, scale: float) -> Tensor:
    """`bias + scale · left_i · right_j` for each edge j → i: `[H·E]`."""
    start = left.new_zeros(pattern[1].shape) if bias is None else bias
    scores: Tensor = torch.sparse.sampled_addmm(_matrix(pattern, start), left, right.t(), alpha=scale)
    return scores.values()


def _gather(pattern: tuple[Tensor, Tensor], weight: Tensor, tensor: Tensor, scale: float = 1.0) -> Tensor:
    """`scale` times the sum of `weight · tensor_j` over each row's edges: `[H·N, D]`."""
    return torch.zeros_like(tensor).addmm_(_matrix(pattern, weight), tensor, alpha=scale)


def _softmax(logit: Tensor, rowptr: Tensor) -> Tensor:
    """The softmax of `logit` `[H·E]` within each row; 0 throughout a row that holds nothing but -inf."""
    highest = torch.segment_reduce(logit, "max", offsets=rowptr)
    highest = highest.masked_fill_(highest == -math.inf, 0)
    weight = (logit - _per_edge(highest, rowptr, logit)).exp_()
    total = torch.segment_reduce(weight, "sum", offsets=rowptr)
    total = total.masked_fill_(total == 0, 1)
    return weight.mul_(_per_edge(total.reciprocal_(), rowptr, logit))


def _per_edge(row_value: Tensor, rowptr: Tensor, edge_value: Tensor) -> Tensor:
    """Each row's value, repeated for its edges."""
    return torch.repeat_interleave(row_value, rowptr.diff(), output_size=edge_value.shape[0])

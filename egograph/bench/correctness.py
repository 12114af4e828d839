"""Whether our attention is right on what it is timed on: a wrong result has no speed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from egograph.bench.contestants import transformer_core
from egograph.bench.shapes import RELATIONS, Problem
from egograph.errors import EgographError
from egograph.kernels.relational_attention.reference import relational_attention_reference
from egograph.ops import EdgeLayout, relational_attention

TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 1e-2, torch.float16: 1e-2}
_EDGES_AT_ONCE = 500_000
_WRITTEN_OUT = 600  # nodes that the reference, one receiver at a time, is asked about


def check(problem: Problem, layout: EdgeLayout) -> float:
    """The largest relative error of the output and the gradients, with float64 as the truth.

    The plain output is compared with PyG's in float64; that with relations and confidences, on the first graphs, with
    the reference.

    Raises:
        EgographError: it is above 1e-5 in float32, 1e-2 in half precision.
    """
    worst = _highest([_plain(problem, layout), _relational(problem)])
    tolerance = TOLERANCE[problem.grad.dtype]
    if not worst < tolerance:
        raise EgographError(
            f"{problem.shape.name}, H={problem.heads} D={problem.dim}: relative error {worst:.1e}, "
            f"{tolerance:.0e} is allowed; no speed is told of a wrong result"
        )
    return worst


def _plain(problem: Problem, layout: EdgeLayout) -> float:
    query, key, value = problem.rows
    out = relational_attention(query, key, value, layout)
    found = (out, *torch.autograd.grad(out, problem.rows, problem.grad))
    errors = []
    for nodes, edge_index in _parts(problem):
        for head in range(problem.heads):  # by itself, for float64 of all heads may not fit into the memory
            part = (slice(nodes.start, nodes.stop), slice(head, head + 1))
            rows = _doubles(tuple(x[part] for x in problem.rows))
            right = transformer_core(replace(problem, heads=1, rows=rows, edge_index=edge_index))().view(rows[0].shape)
            wanted = (right, *torch.autograd.grad(right, rows, problem.grad[part].double()))
            errors.append(_worst([x[part] for x in found], wanted))
    return _highest(errors)


def _parts(problem: Problem) -> Iterator[tuple[range, Tensor]]:
    """Some graphs at a time: their nodes, and their edges counted from the first of these; a large graph whole."""
    shape = problem.shape
    graphs = shape.graphs if shape.graphs == 1 else max(1, _EDGES_AT_ONCE // shape.edges)
    for first in range(0, shape.graphs, graphs):
        last = min(first + graphs, shape.graphs)
        edges = slice(first * shape.edges, last * shape.edges)  # they come graph by graph
        nodes = range(first * shape.nodes, last * shape.nodes)
        yield nodes, problem.edge_index[:, edges] - nodes.start


def _relational(problem: Problem) -> float:
    size = problem.shape.nodes
    nodes = min(problem.nodes, max(_WRITTEN_OUT // size, 1) * size if size <= 128 else _WRITTEN_OUT)
    here = (problem.edge_index < nodes).all(0)
    edge_index, relation = problem.edge_index[:, here], problem.relation[here]
    ptr = problem.ptr[problem.ptr <= nodes] if size <= 128 else None
    generator = torch.Generator().manual_seed(1)
    bias = torch.randn(RELATIONS, problem.heads, generator=generator).to(problem.grad)
    sure = torch.rand(edge_index.shape[1], generator=generator).to(problem.grad)
    inputs = tuple(x.detach().requires_grad_() for x in (*(x[:nodes] for x in problem.rows), bias, sure))
    layout = EdgeLayout.from_edge_index(edge_index, nodes, relation, ptr)
    query, key, value, bias, sure = inputs
    out = relational_attention(query, key, value, layout, bias, sure)
    query, key, value, bias, sure = exact = _doubles(inputs)
    wanted = relational_attention_reference(query, key, value, edge_index, relation, bias, sure)
    grad = problem.grad[:nodes]
    found = (out, *torch.autograd.grad(out, inputs, grad))
    return _worst(found, (wanted, *torch.autograd.grad(wanted, exact, grad.double())))


def _doubles(inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(x.detach().double().requires_grad_() for x in inputs)


def _worst(found: Sequence[Tensor], right: Sequence[Tensor]) -> float:
    pairs = [(a.detach().double(), b.detach()) for a, b in zip(found, right, strict=True)]
    if any(a.shape != b.shape for a, b in pairs):
        return math.inf
    return _highest([float((a - b).norm() / b.norm().clamp(min=1e-12)) for a, b in pairs])


def _highest(errors: Sequence[float]) -> float:
    """The highest, NaN if one is: `max` would pass over it."""
    return float(torch.tensor(errors, dtype=torch.float64).max())

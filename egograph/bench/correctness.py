"""Whether our attention is right on what it is timed on: a wrong result has no speed."""

from dataclasses import replace

import torch
from torch import Tensor

from egograph.bench.contestants import transformer_core
from egograph.bench.shapes import RELATIONS, Problem
from egograph.errors import EgographError
from egograph.kernels.relational_attention.reference import relational_attention_reference
from egograph.ops import EdgeLayout, relational_attention

TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 1e-2, torch.float16: 1e-2}
_WRITTEN_OUT = 600  # nodes that the reference, one receiver at a time, is asked about


def check(problem: Problem, layout: EdgeLayout) -> float:
    """The largest relative error of the output and the gradients, with float64 as the truth.

    The plain output is compared with PyG's in float64; that with relations and confidences, on the first graphs, with
    the reference.

    Raises:
        EgographError: it is above 1e-5 in float32, 1e-2 in half precision.
    """
    worst = max(_plain(problem, layout), _relational(problem))
    tolerance = TOLERANCE[problem.grad.dtype]
    if not worst < tolerance:
        raise EgographError(
            f"{problem.shape.name}, H={problem.heads} D={problem.dim}: relative error {worst:.1e}, "
            f"{tolerance:.0e} is allowed; no speed is told of a wrong result"
        )
    return worst


def _plain(problem: Problem, layout: EdgeLayout) -> float:
    query, key, value = problem.rows
    exact = replace(problem, rows=_doubles(problem.rows))
    out = relational_attention(query, key, value, layout)
    wanted = transformer_core(exact)().view(out.shape)
    return _worst(out, problem.rows, wanted, exact.rows, problem.grad)


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
    return _worst(out, inputs, wanted, exact, problem.grad[:nodes])


def _doubles(inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return tuple(x.detach().double().requires_grad_() for x in inputs)


def _worst(out: Tensor, inputs: tuple[Tensor, ...], wanted: Tensor, exact: tuple[Tensor, ...], grad: Tensor) -> float:
    found = (out, *torch.autograd.grad(out, inputs, grad))
    right = (wanted, *torch.autograd.grad(wanted, exact, grad.double()))
    pairs = ((a.detach().double(), b.detach()) for a, b in zip(found, right, strict=True))
    return max(float((a - b).norm() / b.norm().clamp(min=1e-12)) for a, b in pairs)

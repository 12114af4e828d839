"""The Triton form of relational attention, interpreted, against the reference."""

import os

import pytest
import torch
from torch import Tensor

if os.environ.get("TRITON_INTERPRET") != "1":
    pytest.skip("triton was imported to compile; run these tests in their own process", allow_module_level=True)

from egograph.kernels.relational_attention.reference import relational_attention_reference
from egograph.kernels.relational_attention.triton_csr import attention_backward, attention_forward
from egograph.ops import EdgeLayout
from tests.kernels.graphs import AWKWARD, Attention, Edges, attention_over, random_edges, relative_error

pytestmark = pytest.mark.usefixtures("poisoned_memory")


def run(given: Attention, edges: Edges, with_relation: bool = True, with_confidence: bool = True) -> list[Tensor]:
    """The output and the gradients of query, key, value, relation bias and confidence."""
    layout = EdgeLayout.from_edge_index(edges.edge_index, edges.num_nodes, given.relation)
    query, key, value, bias, confidence = (x.detach() for x in given.inputs)
    csr = (layout.rowptr, layout.col, layout.permutation)
    extra = (
        layout.relation if with_relation else None,
        bias if with_relation else None,
        confidence if with_confidence else None,
    )
    scale = query.shape[-1] ** -0.5
    out, log_sum = attention_forward(query, key, value, *csr, *extra, scale)
    csc = (layout.by_sender.colptr, layout.by_sender.row, layout.by_sender.edge)
    arguments = (given.grad, query, key, value, out, log_sum, *csr, *extra, scale, *csc)
    return [out, *attention_backward(*arguments)]


def reference(given: Attention, edges: Edges, with_relation: bool = True, with_confidence: bool = True) -> list[Tensor]:
    """The same from the reference; an input that is left out has an empty gradient."""
    query, key, value, bias, confidence = given.inputs
    out = relational_attention_reference(
        query,
        key,
        value,
        edges.edge_index,
        given.relation,
        bias if with_relation else None,
        confidence if with_confidence else None,
    )
    if not out.requires_grad:
        return [out, *(torch.zeros_like(x) for x in given.inputs)]
    gradients = torch.autograd.grad(out, given.inputs, given.grad, allow_unused=True)
    return [out, *(out.new_empty(0) if gradient is None else gradient for gradient in gradients)]


@pytest.mark.parametrize("edges", AWKWARD.values(), ids=AWKWARD)
def test_values_and_all_gradients_are_the_references(edges: Edges):
    given = attention_over(edges)
    for result, wanted in zip(run(given, edges), reference(given, edges), strict=True):
        torch.testing.assert_close(result, wanted)


@pytest.mark.parametrize("with_relation", [False, True])
@pytest.mark.parametrize("with_confidence", [False, True])
def test_relation_and_confidence_are_optional(with_relation: bool, with_confidence: bool):
    edges = random_edges(9, 40)
    given = attention_over(edges)
    wanted = reference(given, edges, with_relation, with_confidence)
    for result, right in zip(run(given, edges, with_relation, with_confidence), wanted, strict=True):
        torch.testing.assert_close(result, right)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2), (torch.float16, 1e-2)])
@pytest.mark.parametrize(("heads", "dim"), [(4, 32), (8, 64)])
def test_precision(dtype: torch.dtype, tolerance: float, heads: int, dim: int):
    edges = random_edges(16, 150)
    given = attention_over(edges, dtype, heads, dim)
    results = run(given, edges)
    assert all(result.dtype == dtype for result in results)
    wanted = reference(given.to(torch.float64), edges)
    assert max(relative_error(a, b) for a, b in zip(results, wanted, strict=True)) < tolerance


def test_inputs_need_not_be_contiguous():
    edges = random_edges(9, 40)
    given = attention_over(edges)
    strided = Attention(
        *(torch.stack([x, x], dim=1)[:, 0] for x in given.inputs),
        given.relation,
        given.grad.transpose(0, 2).contiguous().transpose(0, 2),
    )
    assert not strided.query.is_contiguous()
    for result, wanted in zip(run(strided, edges), run(given, edges), strict=True):
        assert torch.equal(result, wanted)

"""The Triton forms of relational attention, interpreted, against the reference."""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

if os.environ.get("TRITON_INTERPRET") != "1":
    pytest.skip("triton was imported to compile; run these tests in their own process", allow_module_level=True)

from egograph.kernels import csr_edges
from egograph.kernels.relational_attention import triton_csr, triton_tile
from tests.kernels.graphs import AWKWARD, FORMS, Attention, Edges, attention_over, forms_of, hub, random_graphs
from tests.kernels.graphs import relative_error as error
from tests.kernels.relational_attention.forms import gradients, reference

# CSR knows no size of a graph: two of them stand for all, which the interpreter takes minutes for.
SIZES = {f"{nodes} nodes, csr" for nodes in (15, 16, 63, 64, 65, 128)}
CASES = {name: case for name, case in forms_of(AWKWARD).items() if name not in SIZES}
BOTH = pytest.mark.parametrize(("edges", "form"), CASES.values(), ids=CASES)


def run(
    given: Attention, edges: Edges, form: str, with_relation: bool = True, with_confidence: bool = True
) -> list[Tensor]:
    """The output and the gradients of query, key, value, relation bias and confidence."""
    query, key, value, bias, confidence = (x.detach() for x in given.inputs)
    bias = bias if with_relation else None
    scale = query.shape[-1] ** -0.5
    if form == "csr":
        csr = with_parts(edges.layout(given.relation, "csr").edges)
        edge_inputs = (csr, bias, confidence if with_confidence else None, scale)
        out, log_sum = triton_csr.attention_forward(query, key, value, *edge_inputs)
        return [out, *triton_csr.attention_backward(given.grad, query, key, value, log_sum, *edge_inputs)]
    tiles = edges.layout(given.relation, "tile").edges
    edge_inputs = (tiles.ptr, tiles.code, bias, tiles.spread(confidence) if with_confidence else None, scale)
    out, log_sum = triton_tile.attention_forward(query, key, value, *edge_inputs)
    *of_rows, of_confidence = triton_tile.attention_backward(given.grad, query, key, value, log_sum, *edge_inputs)
    return [out, *of_rows, of_confidence.flatten()[tiles.pair] if with_confidence else of_confidence]


def with_parts(csr: csr_edges.CsrEdges) -> csr_edges.CsrEdges:
    """The edges as they are laid out on the GPU, hubs in parts."""
    edges, by_sender = csr.col.shape[0], csr.by_sender
    if csr.rowptr.shape[0] == 1:
        return csr
    by_sender = replace(by_sender, parts=csr_edges.hub_parts(by_sender.colptr, edges))
    return replace(csr, parts=csr_edges.hub_parts(csr.rowptr, edges), by_sender=by_sender)


def expected(given: Attention, edges: Edges, with_relation: bool = True, with_confidence: bool = True) -> list[Tensor]:
    """The same from the reference; an input that is left out has an empty gradient."""
    out = reference(given, edges, with_relation, with_confidence)
    *of_rows, of_bias, of_confidence = gradients(out, given)
    none = out.new_empty(0)
    return [out, *of_rows, of_bias if with_relation else none, of_confidence if with_confidence else none]


@pytest.mark.usefixtures("poisoned_memory")
@BOTH
def test_values_and_all_gradients_are_the_references(edges: Edges, form: str):
    given = attention_over(edges)
    for result, wanted in zip(run(given, edges, form), expected(given, edges), strict=True):
        torch.testing.assert_close(result, wanted)


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2)])
@BOTH
def test_precision(edges: Edges, form: str, dtype: torch.dtype, tolerance: float):
    given = attention_over(edges, dtype)
    for result, wanted in zip(run(given, edges, form), expected(given.to(torch.float64), edges), strict=True):
        assert result.dtype == dtype
        assert error(result, wanted) < tolerance


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("with_relation", [False, True])
@pytest.mark.parametrize("with_confidence", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_relation_and_confidence_are_optional(form: str, with_relation: bool, with_confidence: bool):
    edges = random_graphs(9, 20)
    given = attention_over(edges)
    wanted = expected(given, edges, with_relation, with_confidence)
    for result, right in zip(run(given, edges, form, with_relation, with_confidence), wanted, strict=True):
        torch.testing.assert_close(result, right)


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(("heads", "dim"), [(4, 32), (8, 64)])
@pytest.mark.parametrize("form", FORMS)
def test_precision_at_the_usual_sizes(form: str, heads: int, dim: int, dtype: torch.dtype):
    edges = random_graphs(16, 20)
    given = attention_over(edges, dtype, heads, dim)
    wanted = expected(given.to(torch.float64), edges)
    tolerance = 1e-5 if dtype == torch.float32 else 1e-2
    assert max(error(a, b) for a, b in zip(run(given, edges, form), wanted, strict=True)) < tolerance


@pytest.mark.usefixtures("poisoned_memory")
def test_a_hub_in_parts_is_the_hub(monkeypatch: pytest.MonkeyPatch):
    edges = hub(70)
    given = attention_over(edges)
    for module in (csr_edges, triton_csr):
        monkeypatch.setattr(module, "PART", 16)
    assert (with_parts(edges.layout(form="csr").edges).parts[0] == 3).sum() == 5
    for result, wanted in zip(run(given, edges, "csr"), expected(given, edges), strict=True):
        torch.testing.assert_close(result, wanted)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("stack", [torch.stack, lambda x, dim: torch.stack(x, dim=2).transpose(1, 2)])
def test_inputs_need_not_be_contiguous(form: str, stack: Callable[..., Tensor]):
    edges = random_graphs(9, 20)
    given = attention_over(edges)
    query, key, value = stack([x.detach() for x in given.inputs[:3]], dim=1).unbind(1)
    assert not query.is_contiguous()
    grad = given.grad.transpose(0, 2).contiguous().transpose(0, 2)
    strided = replace(given, query=query, key=key, value=value, grad=grad)
    for result, wanted in zip(run(strided, edges, form), run(given, edges, form), strict=True):
        assert torch.equal(result, wanted)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_input_gives_the_same_bits(form: str):
    edges = random_graphs(9, 20)
    given = attention_over(edges, torch.float32)
    first = run(given, edges, form)
    for _ in range(3):
        assert all(torch.equal(a, b) for a, b in zip(first, run(given, edges, form), strict=True))


def test_tiles_beyond_2_to_the_31_elements():
    first, heads, dim = 2**22, 4, 128  # rows before it are reserved, never touched
    query, key, value, grad = (torch.empty(first + 3, heads, dim, dtype=torch.float16) for _ in range(4))
    small = [torch.randn(3, heads, dim).half() for _ in range(4)]
    for far, near in zip((query, key, value, grad), small, strict=True):
        far[first:] = near
    code = torch.tensor([[[0, 1, 1], [1, 0, 0], [0, 0, 1]]], dtype=torch.int8)
    far = triton_tile.attention_forward(
        query, key, value, torch.tensor([first, first + 3]).int(), code, None, None, 1.0
    )
    edge_inputs = (torch.tensor([0, 3]).int(), code, None, None, 1.0)
    near = triton_tile.attention_forward(*small[:3], *edge_inputs)
    assert all(torch.equal(a[first:], b) for a, b in zip(far, near, strict=True))
    far = triton_tile.attention_backward(
        grad, query, key, value, far[1], torch.tensor([first, first + 3]).int(), *edge_inputs[1:]
    )
    near = triton_tile.attention_backward(small[3], *small[:3], near[1], *edge_inputs)
    assert all(torch.equal(a[first:], b) for a, b in zip(far[:3], near[:3], strict=True))


def test_csr_beyond_2_to_the_31_elements():
    edges, stride = random_graphs(4, degree=3), 2**30
    given = attention_over(edges, torch.float16)
    rows, heads, dim = given.query.shape
    far = []
    for near in given.inputs[:3]:
        reserved = torch.empty(rows * stride, dtype=torch.float16)  # little of it is ever touched
        far.append(reserved.as_strided((rows, heads, dim), (stride, dim, 1)).copy_(near.detach()))
    query, key, value = far
    apart = replace(given, query=query, key=key, value=value)
    for result, wanted in zip(run(apart, edges, "csr"), run(given, edges, "csr"), strict=True):
        assert torch.equal(result, wanted)

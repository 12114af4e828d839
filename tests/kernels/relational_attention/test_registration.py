"""Relational attention obeys torch: its gradients are right, its ops are sound, and it compiles in one graph."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.autograd import forward_ad

from egograph.kernels.relational_attention.csr_op import csr_attention_backward_op, csr_attention_op
from egograph.kernels.relational_attention.tile_op import tile_attention_backward_op, tile_attention_op
from egograph.ops import EdgeLayout, relational_attention
from tests.kernels.graphs import AWKWARD, Edges, attention_over, random_graphs, relative_error
from tests.kernels.relational_attention.forms import CPU_FORMS, attend, reference

EDGES = random_graphs(24, 24, degree=6)
RAGGED = random_graphs(3, 5, 4, degree=3)
EVERY_FORM = pytest.mark.parametrize("form", CPU_FORMS)


@EVERY_FORM
def test_gradcheck(form: str):
    edges = random_graphs(4, 4, degree=2)
    given = attention_over(edges, heads=2, dim=3)
    confidence = (given.edge_confidence.detach() + 0.1).requires_grad_()

    def run(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, confidence: Tensor) -> Tensor:
        changed = type(given)(query, key, value, bias, confidence, given.relation, given.grad)
        return attend(changed, edges, form)

    assert torch.autograd.gradcheck(run, (*given.inputs[:4], confidence))


@pytest.mark.parametrize("edges", [EDGES, RAGGED], ids=["equal graphs", "ragged graphs"])
@pytest.mark.parametrize("extras", [False, True])
def test_opcheck_of_tiles(edges: Edges, extras: bool):
    given = attention_over(edges, torch.float32)
    tiles = edges.layout(given.relation, "tile").edges
    bias, sure = None, None
    if extras:
        bias, sure = given.relation_bias, tiles.spread(given.edge_confidence).detach().requires_grad_()
    rows = given.inputs[:3]
    torch.library.opcheck(
        tile_attention_op, (*rows, tiles.ptr, tiles.code, tiles.mask, bias, sure, 0.4, tiles.isolated)
    )
    edge_inputs = (tiles.ptr, tiles.code, *(None if x is None else x.detach() for x in (bias, sure)))
    rows = [x.detach() for x in rows]
    torch.library.opcheck(
        tile_attention_backward_op, (given.grad, *rows, torch.zeros(0), *edge_inputs, 0.4, tiles.isolated)
    )


@pytest.mark.parametrize("edges", [EDGES, RAGGED, AWKWARD["no edges"]], ids=["equal", "ragged", "no edges"])
@pytest.mark.parametrize("extras", [False, True])
def test_opcheck_of_csr(edges: Edges, extras: bool):
    given = attention_over(edges, torch.float32)
    csr = edges.layout(given.relation, "csr").edges.tensors()
    more = given.inputs[3:] if extras else (None, None)
    torch.library.opcheck(csr_attention_op, (*given.inputs[:3], csr, *more, 0.4))
    rows, more = [x.detach() for x in given.inputs[:3]], [None if x is None else x.detach() for x in more]
    _, weights = csr_attention_op(*rows, csr, *more, 0.4)
    torch.library.opcheck(csr_attention_backward_op, (given.grad, *rows, weights, csr, *more, 0.4))


@pytest.mark.parametrize("form", ["tile", "csr"])
def test_a_second_derivative_raises(form: str):
    given = attention_over(EDGES)
    (gradient,) = torch.autograd.grad(attend(given, EDGES, form).sum(), given.query, create_graph=True)
    with pytest.raises(RuntimeError, match="has no derivative"):
        gradient.sum().backward()


@pytest.mark.parametrize("form", ["tile", "csr"])
def test_a_forward_mode_derivative_raises(form: str):
    given = attention_over(EDGES)
    with forward_ad.dual_level(), pytest.raises(NotImplementedError, match="jvp"):
        attend(replace(given, query=forward_ad.make_dual(given.query, torch.ones_like(given.query))), EDGES, form)


@EVERY_FORM
def test_under_autocast_the_rows_may_be_of_different_types(form: str):
    given = attention_over(EDGES, torch.float32)
    mixed = replace(given, query=given.query.bfloat16())
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(attend(mixed, EDGES, form), attend(given, EDGES, form))
    with pytest.raises(ValueError, match=r"key: torch.float32 .*; give it as query is"):
        attend(mixed, EDGES, form)


def test_an_edge_that_is_not_there_is_named_where_the_layout_could_not_look():
    rows = torch.randn(6, 2, 4)

    def layer(edge_index: Tensor) -> Tensor:
        return relational_attention(rows, rows, rows, EdgeLayout.from_edge_index(edge_index, 6))

    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    right = torch.tensor([[0, 3], [1, 2]])
    torch.testing.assert_close(compiled(right), layer(right))
    for wrong in ([[0, 2**30], [1, 2]], [[0, 3], [1, 6]], [[0, -1], [1, 2]], [[0, 3], [-1, 2]]):
        with pytest.raises(ValueError, match="edge_index: names a node that is not one of 6"):
            compiled(torch.tensor(wrong))


@EVERY_FORM
def test_autocast_takes_its_type_for_query_key_and_value_alone(form: str):
    given = attention_over(EDGES, torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        out = attend(given, EDGES, form)
    found = torch.autograd.grad(out.float().square().sum(), given.inputs)
    assert out.dtype == torch.bfloat16
    assert all(gradient.dtype == torch.float32 for gradient in found)
    assert relative_error(out, reference(given.to(torch.float64), EDGES)) < 1e-2


@pytest.mark.parametrize("edges", [EDGES, RAGGED, random_graphs(130, degree=3)], ids=["small", "tile", "csr"])
def test_it_compiles_in_one_graph_with_a_layout_made_before(edges: Edges):
    given = attention_over(edges, torch.float32)
    layout = edges.layout(given.relation)

    def layer(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, confidence: Tensor) -> Tensor:
        return relational_attention(query * 2, key, value, layout, bias, confidence).relu()

    assert_compiles(layer, given.inputs, given.grad)


def test_it_compiles_in_one_graph_with_the_layout():
    given = attention_over(EDGES, torch.float32)

    def layer(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, confidence: Tensor) -> Tensor:
        layout = EDGES.layout(given.relation)
        return relational_attention(query * 2, key, value, layout, bias, confidence).relu()

    assert_compiles(layer, given.inputs, given.grad)


def assert_compiles(layer: object, inputs: list[Tensor], grad: Tensor):
    """The compiled layer gives the layer's values and gradients."""
    out = torch.compile(layer, fullgraph=True, backend="aot_eager")(*inputs)
    wanted = layer(*inputs)
    torch.testing.assert_close(out, wanted)
    found = torch.autograd.grad(out, inputs, grad)
    for gradient, right in zip(found, torch.autograd.grad(wanted, inputs, grad), strict=True):
        torch.testing.assert_close(gradient, right)

"""Relational attention on the CPU against its reference, PyG and the rules of torch's ops."""

import pytest
import torch
from torch import Tensor
from torch_geometric.nn import TransformerConv

from egograph.kernels.relational_attention.op import attention_backward_op, attention_op
from egograph.kernels.relational_attention.reference import relational_attention_reference
from egograph.ops import EdgeLayout, relational_attention
from tests.kernels.graphs import AWKWARD, Attention, Edges, attention_over, random_edges, relative_error

EDGES = random_edges(65, 400)


def layout_of(edges: Edges, relation: Tensor | None = None) -> EdgeLayout:
    return EdgeLayout.from_edge_index(edges.edge_index, edges.num_nodes, relation)


def attend(given: Attention, edges: Edges) -> Tensor:
    layout = layout_of(edges, given.relation)
    return relational_attention(given.query, given.key, given.value, layout, given.relation_bias, given.edge_confidence)


def reference(given: Attention, edges: Edges) -> Tensor:
    return relational_attention_reference(
        given.query,
        given.key,
        given.value,
        edges.edge_index,
        given.relation,
        given.relation_bias,
        given.edge_confidence,
    )


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("edges", AWKWARD.values(), ids=AWKWARD)
def test_values_and_all_gradients_are_the_references(edges: Edges):
    given = attention_over(edges)
    out, wanted = attend(given, edges), reference(given, edges)
    torch.testing.assert_close(out, wanted)
    gradients = torch.autograd.grad(out, given.inputs, given.grad)
    if edges.edge_index.numel() == 0:  # nothing that the reference could be differentiated by
        assert all(gradient.isfinite().all() and not gradient.any() for gradient in gradients)
        return
    for gradient, right in zip(gradients, torch.autograd.grad(wanted, given.inputs, given.grad), strict=True):
        torch.testing.assert_close(gradient, right)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2), (torch.float16, 1e-2)])
def test_precision(dtype: torch.dtype, tolerance: float):
    given = attention_over(EDGES, dtype)
    exact = given.to(torch.float64)
    out, wanted = attend(given, EDGES), reference(exact, EDGES)
    assert out.dtype == dtype
    assert relative_error(out, wanted) < tolerance
    gradients = torch.autograd.grad(out, given.inputs, given.grad)
    right = torch.autograd.grad(wanted, exact.inputs, exact.grad)
    assert all(gradient.dtype == dtype for gradient in gradients)
    assert max(relative_error(a, b) for a, b in zip(gradients, right, strict=True)) < tolerance


@pytest.mark.parametrize("with_relation", [False, True])
@pytest.mark.parametrize("with_confidence", [False, True])
def test_relation_and_confidence_are_optional(with_relation: bool, with_confidence: bool):
    given = attention_over(EDGES)
    bias = given.relation_bias if with_relation else None
    confidence = given.edge_confidence if with_confidence else None
    inputs = [x for x in (given.query, given.key, given.value, bias, confidence) if x is not None]
    layout = layout_of(EDGES, given.relation)
    out = relational_attention(given.query, given.key, given.value, layout, bias, confidence, scale=0.3)
    wanted = relational_attention_reference(
        given.query, given.key, given.value, EDGES.edge_index, given.relation, bias, confidence, scale=0.3
    )
    torch.testing.assert_close(out, wanted)
    gradients = torch.autograd.grad(out, inputs, given.grad)
    for gradient, right in zip(gradients, torch.autograd.grad(wanted, inputs, given.grad), strict=True):
        torch.testing.assert_close(gradient, right)


def test_it_is_the_core_of_pygs_transformer_conv():
    given = attention_over(EDGES)
    inputs = given.inputs[:3]
    heads, dim = given.query.shape[1:]
    peer = TransformerConv(heads * dim, dim, heads, root_weight=False)
    out = relational_attention(*inputs, layout_of(EDGES))
    query, key, value = inputs
    wanted = peer.propagate(EDGES.edge_index, query=query, key=key, value=value, edge_attr=None)
    torch.testing.assert_close(out, wanted)
    gradients = torch.autograd.grad(out, inputs, given.grad)
    for gradient, right in zip(gradients, torch.autograd.grad(wanted, inputs, given.grad), strict=True):
        torch.testing.assert_close(gradient, right)


def test_an_edge_of_confidence_0_does_not_exist():
    given = attention_over(EDGES)
    kept = given.edge_confidence > 0
    rest = EdgeLayout.from_edge_index(EDGES.edge_index[:, kept], EDGES.num_nodes, given.relation[kept])
    confidence = given.edge_confidence[kept]
    without = relational_attention(given.query, given.key, given.value, rest, given.relation_bias, confidence)
    out = attend(given, EDGES)
    torch.testing.assert_close(out, without)
    (gradient,) = torch.autograd.grad(out, given.edge_confidence, given.grad)
    assert gradient[kept].any()
    assert not gradient[~kept].any()


def test_a_node_whose_edges_all_have_confidence_0_gets_0_and_gives_no_gradient():
    edges = Edges(torch.tensor([[0, 1], [1, 0]]), 2)
    given = attention_over(edges)
    confidence = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    out = relational_attention(given.query, given.key, given.value, layout_of(edges), None, confidence)
    assert not out.any()
    gradients = torch.autograd.grad(out, [given.query, given.key, given.value, confidence], given.grad)
    assert not any(gradient.any() for gradient in gradients)


def test_a_doubtful_edge_counts_less():
    edges = Edges(torch.tensor([[0, 1], [2, 2]]), 3)
    same = torch.zeros(3, 1, 1)
    value = torch.tensor([1.0, 5.0, 0.0]).view(3, 1, 1)
    out = relational_attention(same, same, value, layout_of(edges), edge_confidence=torch.tensor([0.9, 0.3]))
    torch.testing.assert_close(out[2, 0, 0], torch.tensor((0.9 * 1 + 0.3 * 5) / 1.2))


def test_the_order_in_which_edges_are_given_does_not_matter():
    given = attention_over(EDGES)
    order = torch.randperm(EDGES.edge_index.shape[1], generator=torch.Generator().manual_seed(3))
    layout = EdgeLayout.from_edge_index(EDGES.edge_index[:, order], EDGES.num_nodes, given.relation[order])
    shuffled = relational_attention(
        given.query, given.key, given.value, layout, given.relation_bias, given.edge_confidence[order]
    )
    torch.testing.assert_close(shuffled, attend(given, EDGES))


def test_one_tensor_as_query_key_and_value_gets_the_sum_of_three_gradients():
    x = attention_over(EDGES).query
    grad = attention_over(EDGES).grad
    layout = layout_of(EDGES)
    (gradient,) = torch.autograd.grad(relational_attention(x, x, x, layout), x, grad)
    wanted = relational_attention_reference(x, x, x, EDGES.edge_index)
    torch.testing.assert_close(gradient, torch.autograd.grad(wanted, x, grad)[0])


def test_inputs_need_not_be_contiguous():
    given = attention_over(EDGES)
    projected = torch.stack(given.inputs[:3], dim=1).detach().requires_grad_()
    query, key, value = projected.unbind(1)
    assert not query.is_contiguous()
    grad = given.grad.transpose(0, 2).contiguous().transpose(0, 2)
    out = relational_attention(query, key, value, layout_of(EDGES))
    (gradient,) = torch.autograd.grad(out, projected, grad)
    wanted = relational_attention(*given.inputs[:3], layout_of(EDGES))
    torch.testing.assert_close(out, wanted)
    right = torch.stack(torch.autograd.grad(wanted, given.inputs[:3], given.grad), dim=1)
    torch.testing.assert_close(gradient, right)


def test_large_scores_do_not_overflow():
    given = attention_over(EDGES, torch.float32)
    out = relational_attention(given.query * 1e3, given.key, given.value, layout_of(EDGES))
    assert out.isfinite().all()


def test_gradcheck():
    edges = random_edges(6, 14)
    given = attention_over(edges)
    confidence = (given.edge_confidence.detach() + 0.1).requires_grad_()
    layout = layout_of(edges, given.relation)
    inputs = (given.query, given.key, given.value, given.relation_bias, confidence)
    assert torch.autograd.gradcheck(lambda q, k, v, b, c: relational_attention(q, k, v, layout, b, c), inputs)


@pytest.mark.parametrize("edges", [EDGES, AWKWARD["no edges"]], ids=["edges", "no edges"])
def test_opcheck(edges: Edges):
    given = attention_over(edges, torch.float32)
    layout = layout_of(edges, given.relation)
    by_sender = layout.by_sender
    csr = (layout.rowptr, layout.col, layout.permutation, layout.relation)
    csc = (by_sender.colptr, by_sender.row, by_sender.edge)
    inputs = given.inputs
    torch.library.opcheck(attention_op, (*inputs[:3], *csr, *inputs[3:], 0.4, *csc))
    query, key, value, bias, confidence = (x.detach() for x in inputs)
    out, saved = attention_op(query, key, value, *csr, bias, confidence, 0.4, *csc)
    arguments = (given.grad, query, key, value, out, saved, *csr, bias, confidence, 0.4, *csc)
    torch.library.opcheck(attention_backward_op, arguments)


def test_the_same_input_gives_the_same_bits():
    given = attention_over(random_edges(300, 6000), torch.float32, heads=4, dim=32)
    edges = random_edges(300, 6000)

    def run() -> list[Tensor]:
        out = attend(given, edges)
        return [out, *torch.autograd.grad(out, given.inputs, given.grad)]

    first = run()
    for _ in range(10):
        assert all(torch.equal(a, b) for a, b in zip(first, run(), strict=True))


def test_a_second_derivative_raises():
    given = attention_over(EDGES)
    (gradient,) = torch.autograd.grad(attend(given, EDGES).sum(), given.query, create_graph=True)
    with pytest.raises(RuntimeError, match="no autograd formula was registered"):
        gradient.sum().backward()


def test_autocast_takes_its_type_for_query_key_and_value_alone():
    given = attention_over(EDGES, torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        out = attend(given, EDGES)
        gradients = torch.autograd.grad(out.float().square().sum(), given.inputs)
    assert out.dtype == torch.bfloat16
    assert all(gradient.dtype == torch.float32 for gradient in gradients)
    assert relative_error(out, reference(given.to(torch.float64), EDGES)) < 1e-2


def test_it_compiles_without_a_graph_break():
    given = attention_over(EDGES, torch.float32)

    def layer(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, confidence: Tensor) -> Tensor:
        layout = layout_of(EDGES, given.relation)
        return relational_attention(query * 2, key, value, layout, bias, confidence).relu()

    out = torch.compile(layer, fullgraph=True, backend="aot_eager")(*given.inputs)
    wanted = layer(*given.inputs)
    torch.testing.assert_close(out, wanted)
    gradients = torch.autograd.grad(out, given.inputs, given.grad)
    for gradient, right in zip(gradients, torch.autograd.grad(wanted, given.inputs, given.grad), strict=True):
        torch.testing.assert_close(gradient, right)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("query", torch.zeros(4, 3, 5), r"query: shape \[4, 3, 5\]; the layout has 65 nodes"),
        ("key", torch.zeros(65, 3, 6), r"key: torch.float32 \[65, 3, 6\]; give it as query is"),
        ("value", torch.zeros(65, 3, 5).double(), r"value: torch.float64 \[65, 3, 5\]; give it as query is"),
        ("relation_bias", torch.zeros(4, 2), r"relation_bias: shape \[4, 2\]; give \[R, 3\]"),
        ("edge_confidence", torch.zeros(399), r"edge_confidence: shape \[399\]; give \[400\]"),
        ("layout", layout_of(EDGES), "relation_bias: the layout has no relations"),
    ],
)
def test_arguments_that_do_not_fit_are_named(name: str, value: object, message: str):
    given = attention_over(EDGES, torch.float32)
    names = ("query", "key", "value", "relation_bias", "edge_confidence")
    arguments: dict[str, object] = dict(zip(names, given.inputs, strict=True))
    arguments["layout"] = layout_of(EDGES, given.relation)
    with pytest.raises(ValueError, match=message):
        relational_attention(**arguments | {name: value})

"""What relational attention means, in each of its forms on the CPU."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch_geometric.nn import TransformerConv

from egograph.ops import EdgeLayout, relational_attention
from tests.kernels.graphs import Attention, Edges, attention_over, random_graphs
from tests.kernels.relational_attention.forms import CPU_FORMS, attend, gradients, reference

EDGES = random_graphs(24, 24, degree=6)
EVERY_FORM = pytest.mark.parametrize("form", CPU_FORMS)


def with_edges(given: Attention, chosen: Tensor) -> tuple[Attention, Edges]:
    """Some of the edges, in some order."""
    edges = replace(EDGES, edge_index=EDGES.edge_index[:, chosen])
    return replace(given, relation=given.relation[chosen], edge_confidence=given.edge_confidence[chosen]), edges


@EVERY_FORM
def test_it_is_the_core_of_pygs_transformer_conv(form: str):
    given = attention_over(EDGES)
    query, key, value = inputs = given.inputs[:3]
    heads, dim = query.shape[1:]
    peer = TransformerConv(heads * dim, dim, heads, root_weight=False)
    out = attend(given, EDGES, form, with_relation=False, with_confidence=False)
    wanted = peer.propagate(EDGES.edge_index, query=query, key=key, value=value, edge_attr=None)
    torch.testing.assert_close(out, wanted)
    found = torch.autograd.grad(out, inputs, given.grad)
    for gradient, right in zip(found, torch.autograd.grad(wanted, inputs, given.grad), strict=True):
        torch.testing.assert_close(gradient, right)


@EVERY_FORM
def test_an_edge_of_confidence_0_does_not_exist(form: str):
    given = attention_over(EDGES)
    kept = given.edge_confidence > 0
    assert 0 < kept.sum() < len(kept)
    out = attend(given, EDGES, form)
    torch.testing.assert_close(out, attend(*with_edges(given, kept), form))
    (gradient,) = torch.autograd.grad(out, given.edge_confidence, given.grad)
    assert gradient[kept].any()
    assert not gradient[~kept].any()


@EVERY_FORM
def test_a_node_whose_edges_all_have_confidence_0_gets_0_and_gives_no_gradient(form: str):
    edges = Edges(torch.tensor([[0, 1], [1, 0]]), 2)
    given = replace(attention_over(edges), edge_confidence=torch.zeros(2, dtype=torch.float64, requires_grad=True))
    out = attend(given, edges, form)
    assert not out.any()
    assert not any(gradient.any() for gradient in gradients(out, given))


@EVERY_FORM
@pytest.mark.parametrize("low", [-torch.inf, torch.finfo(torch.float32).min, -1e9])
def test_a_relation_may_be_banned_for_a_head(form: str, low: float):
    given = attention_over(EDGES, torch.float32)
    bias = given.relation_bias.detach().clone()
    bias[0, 0] = bias[2, 1] = low
    bias[:, 2] = low  # all of them
    given = replace(given, relation_bias=bias.requires_grad_())
    out, wanted = attend(given, EDGES, form), reference(given, EDGES)
    torch.testing.assert_close(out, wanted)
    assert bool(out[:, 2].any()) == (low != -torch.inf)
    pairs = list(zip(gradients(out, given), gradients(wanted, given), strict=True))
    assert given.inputs[3] is given.relation_bias
    if form == "small" and low < -1e29:
        del pairs[3]  # a bias as low as that gets no gradient there
    for found, right in pairs:
        torch.testing.assert_close(found, right)


@EVERY_FORM
def test_a_confidence_that_is_nan_is_no_edge(form: str):
    given = attention_over(EDGES)
    sure = given.edge_confidence.detach().clone()
    sure[::3] = torch.nan
    kept = ~sure.isnan()
    given = replace(given, edge_confidence=sure.requires_grad_())
    out = attend(given, EDGES, form)
    torch.testing.assert_close(out, attend(*with_edges(given, kept), form))
    assert all(gradient.isfinite().all() for gradient in gradients(out, given))


@EVERY_FORM
def test_a_doubtful_edge_counts_less(form: str):
    edges = Edges(torch.tensor([[0, 1], [2, 2]]), 3)
    same = torch.zeros(3, 1, 1, dtype=torch.float64)
    value = torch.tensor([1.0, 5.0, 0.0], dtype=torch.float64).view(3, 1, 1)
    sure = torch.tensor([0.9, 0.3], dtype=torch.float64)
    given = replace(attention_over(edges, heads=1, dim=1), query=same, key=same, value=value, edge_confidence=sure)
    out = attend(given, edges, form, with_relation=False)
    torch.testing.assert_close(out[2].item(), (0.9 * 1 + 0.3 * 5) / 1.2)


@EVERY_FORM
def test_the_order_in_which_edges_are_given_does_not_matter(form: str):
    given = attention_over(EDGES)
    order = torch.randperm(EDGES.edge_index.shape[1], generator=torch.Generator().manual_seed(3))
    torch.testing.assert_close(attend(*with_edges(given, order), form), attend(given, EDGES, form))


@EVERY_FORM
def test_one_tensor_as_query_key_and_value_gets_the_sum_of_three_gradients(form: str):
    given = attention_over(EDGES)
    apart = gradients(attend(replace(given, key=given.query, value=given.query), EDGES, form), given)
    copies = [given.query.detach().clone().requires_grad_() for _ in range(3)]
    out = attend(replace(given, query=copies[0], key=copies[1], value=copies[2]), EDGES, form)
    torch.testing.assert_close(apart[0], sum(torch.autograd.grad(out, copies, given.grad)))


@EVERY_FORM
def test_inputs_need_not_be_contiguous(form: str):
    given = attention_over(EDGES)
    projected = torch.stack(given.inputs[:3], dim=1).detach().requires_grad_()
    query, key, value = projected.unbind(1)
    assert not query.is_contiguous()
    grad = given.grad.transpose(0, 2).contiguous().transpose(0, 2)
    out = attend(replace(given, query=query, key=key, value=value), EDGES, form)
    wanted = attend(given, EDGES, form)
    torch.testing.assert_close(out, wanted)
    (gradient,) = torch.autograd.grad(out, projected, grad)
    torch.testing.assert_close(gradient, torch.stack(gradients(wanted, given)[:3], dim=1))


@EVERY_FORM
def test_large_scores_do_not_overflow(form: str):
    given = attention_over(EDGES, torch.float32)
    large = replace(given, query=given.query * 1e3)
    torch.testing.assert_close(attend(large, EDGES, form), reference(large, EDGES))


@EVERY_FORM
def test_the_same_input_gives_the_same_bits_a_hundred_times(form: str):
    edges = random_graphs(40, 40, 40, degree=9)
    given = attention_over(edges, torch.float32, heads=4, dim=32)

    def run() -> list[Tensor]:
        out = attend(given, edges, form)
        return [out, *gradients(out, given)]

    first = run()
    for _ in range(100):
        assert all(torch.equal(a, b) for a, b in zip(first, run(), strict=True))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("query", torch.zeros(4, 3, 5), r"query: shape \[4, 3, 5\]; the layout has 48 nodes"),
        ("key", torch.zeros(48, 3, 6), r"key: torch.float32 \[48, 3, 6\]; give it as query is"),
        ("value", torch.zeros(48, 3, 5).double(), r"value: torch.float64 \[48, 3, 5\]; give it as query is"),
        ("relation_bias", torch.zeros(4, 2), r"relation_bias: shape \[4, 2\]; give \[R, 3\]"),
        ("relation_bias", torch.zeros(3, 3), "relation_bias: 3 rows; the layout has 4 relations"),
        ("edge_confidence", torch.zeros(7), r"edge_confidence: shape \[7\]; give"),
        ("layout", EDGES.layout(), "relation_bias: the layout has no relations"),
    ],
)
def test_arguments_that_do_not_fit_are_named(name: str, value: object, message: str):
    given = attention_over(EDGES, torch.float32)
    names = ("query", "key", "value", "relation_bias", "edge_confidence")
    arguments: dict[str, object] = dict(zip(names, given.inputs, strict=True))
    arguments["layout"] = EDGES.layout(given.relation)
    with pytest.raises(ValueError, match=message):
        relational_attention(**arguments | {name: value})


@pytest.mark.skipif(not torch.cuda.is_available(), reason="the limit is that of the Triton kernels, which need a GPU")
def test_on_cuda_too_many_relations_get_no_gradient():
    edges = random_graphs(20, degree=4)
    rows = torch.randn(20, 2, 8, device="cuda")
    relation = torch.arange(edges.edge_index.shape[1], device="cuda") * 0 + 126
    layout = EdgeLayout.from_edge_index(edges.edge_index.cuda(), 20, relation)
    bias = torch.randn(127, 2, device="cuda", requires_grad=True)
    with pytest.raises(ValueError, match="relation_bias: 127 relations; on CUDA at most 126 get a gradient"):
        relational_attention(rows, rows, rows, layout, bias)
    assert relational_attention(rows, rows, rows, layout, bias.detach()).isfinite().all()


@EVERY_FORM
@pytest.mark.parametrize("graphs", [1, 3])
def test_confidences_may_be_of_another_type_than_rows(form: str, graphs: int):
    edges = random_graphs(*[9] * graphs)
    exact = attention_over(edges)
    wanted = reference(exact, edges)
    for rows, sure in ((torch.float32, torch.float64), (torch.float64, torch.float32)):
        given = replace(exact.to(rows), edge_confidence=exact.edge_confidence.detach().to(sure))
        out = attend(given, edges, form)
        assert out.dtype == rows
        torch.testing.assert_close(out.double(), wanted, rtol=1e-4, atol=1e-5)

"""Every form of relational attention on the CPU gives the reference's values and gradients, on graphs gone wrong."""

import pytest
import torch

from tests.kernels.graphs import Edges, attention_over, random_edges, random_graphs, relative_error
from tests.kernels.relational_attention.forms import attend, cases, gradients, reference

RANDOM = {
    "random edges": random_edges(65, 400),
    "random graphs": random_graphs(20, 31, 7, 40, degree=8),
    "dense graphs": random_graphs(12, 12, 12, 12, degree=12),
    "sparse graphs": random_graphs(30, 30, degree=1),
}
BOTH = pytest.mark.parametrize(("edges", "form"), cases() + cases(RANDOM))


@pytest.mark.usefixtures("poisoned_memory")
@BOTH
def test_values_and_all_gradients(edges: Edges, form: str):
    given = attention_over(edges)
    out, wanted = attend(given, edges, form), reference(given, edges)
    torch.testing.assert_close(out, wanted)
    for gradient, right in zip(gradients(out, given), gradients(wanted, given), strict=True):
        torch.testing.assert_close(gradient, right)


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2), (torch.float16, 1e-2)])
@BOTH
def test_precision(edges: Edges, form: str, dtype: torch.dtype, tolerance: float):
    given = attention_over(edges, dtype)
    exact = given.to(torch.float64)
    out, wanted = attend(given, edges, form), reference(exact, edges)
    assert out.dtype == dtype
    assert relative_error(out, wanted) < tolerance
    for gradient, right in zip(gradients(out, given), gradients(wanted, exact), strict=True):
        assert gradient.dtype == dtype
        assert relative_error(gradient, right) < tolerance


@pytest.mark.parametrize("with_relation", [False, True])
@pytest.mark.parametrize("with_confidence", [False, True])
@pytest.mark.parametrize(("edges", "form"), cases({"random graphs": RANDOM["random graphs"]}))
def test_relation_and_confidence_are_optional(edges: Edges, form: str, with_relation: bool, with_confidence: bool):
    given = attention_over(edges)
    chosen = {"with_relation": with_relation, "with_confidence": with_confidence}
    out, wanted = attend(given, edges, form, **chosen), reference(given, edges, **chosen)
    torch.testing.assert_close(out, wanted)
    for gradient, right in zip(gradients(out, given), gradients(wanted, given), strict=True):
        torch.testing.assert_close(gradient, right)

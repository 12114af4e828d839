"""The forms of relational attention on the CPU, each on its own, and what the reference says."""

import pytest
import torch
from torch import Tensor

from egograph.kernels.relational_attention import cpu_small
from egograph.kernels.relational_attention.reference import relational_attention_reference
from egograph.ops import relational_attention
from tests.kernels.graphs import AWKWARD, Attention, Edges, takes_form

CPU_FORMS = ("small", "tile", "csr")


def cases(graphs: dict[str, Edges] = AWKWARD) -> list[object]:
    """Each graph in each form that it can take, for `pytest.mark.parametrize(("edges", "form"), …)`."""
    return [
        pytest.param(edges, form, id=f"{name}, {form}")
        for name, edges in graphs.items()
        for form in CPU_FORMS
        if takes_form(edges, "csr" if form == "csr" else "tile")
    ]


def attend(
    given: Attention, edges: Edges, form: str, with_relation: bool = True, with_confidence: bool = True
) -> Tensor:
    """The output of one form; `tile` takes its steps even where a small batch would be one product."""
    layout = edges.layout(given.relation, "csr" if form == "csr" else "tile")
    with pytest.MonkeyPatch.context() as patch:
        if form == "tile":
            patch.setattr(cpu_small, "SMALL", 0)
        return relational_attention(
            given.query,
            given.key,
            given.value,
            layout,
            given.relation_bias if with_relation else None,
            given.edge_confidence if with_confidence else None,
        )


def reference(given: Attention, edges: Edges, with_relation: bool = True, with_confidence: bool = True) -> Tensor:
    """What the output should be."""
    return relational_attention_reference(
        given.query,
        given.key,
        given.value,
        edges.edge_index,
        given.relation,
        given.relation_bias if with_relation else None,
        given.edge_confidence if with_confidence else None,
    )


def gradients(out: Tensor, given: Attention) -> list[Tensor]:
    """The gradients of all inputs; zeros where the output does not depend on one."""
    if not out.requires_grad:
        return [torch.zeros_like(x) for x in given.inputs]
    found = torch.autograd.grad(out, given.inputs, given.grad, allow_unused=True)
    return [torch.zeros_like(x) if f is None else f for x, f in zip(given.inputs, found, strict=True)]

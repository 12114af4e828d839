"""The Triton form that infers edges on chip, interpreted, against the references of inference and attention."""

import os
from contextlib import nullcontext

import pytest
import torch

if os.environ.get("TRITON_INTERPRET") != "1":
    pytest.skip("triton was imported to compile; run these tests in their own process", allow_module_level=True)

from egograph.kernels.infer_edges.reference import infer_edges_reference
from egograph.kernels.relational_attention import inferred_op, triton_inferred
from egograph.kernels.relational_attention.reference import relational_attention_reference
from egograph.ops import RELATIONS, EdgeLayout, relational_attention
from tests.kernels.node_tables import DEFAULTS, random_table

HEADS = 2


@pytest.fixture(autouse=True)
def on_chip(monkeypatch: pytest.MonkeyPatch):
    """Tensors on the CPU take the form that those on CUDA take."""
    monkeypatch.setattr(inferred_op, "takes", lambda *_: True)
    monkeypatch.setattr(torch.cuda, "device", lambda _: nullcontext())


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2), (torch.float16, 2e-3)])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize(("graphs", "slots", "dim"), [(3, 9, 20), (2, 17, 8), (1, 64, 16), (1, 100, 32), (1, 128, 16)])
def test_it_attends_over_the_edges_that_would_be_listed(
    graphs: int, slots: int, dim: int, with_bias: bool, dtype: torch.dtype, tolerance: float
):
    table = random_table([slots] * graphs, torch.float32, seed=slots, feature_channels=40)
    exact = {name: x.double() if x.is_floating_point() else x for name, x in table.items()}
    edge_index, relation, confidence = infer_edges_reference(**exact, rules=DEFAULTS)
    query, key, value = torch.randn(3, graphs * slots, HEADS, dim, dtype=dtype)
    bias = torch.randn(len(RELATIONS), HEADS) if with_bias else None
    wanted = relational_attention_reference(
        query.double(),
        key.double(),
        value.double(),
        edge_index,
        relation,
        None if bias is None else bias.double(),
        confidence,
    )
    del table["ptr"]
    out = relational_attention(query, key, value, EdgeLayout.from_nodes(**table, graphs=graphs), bias)
    assert out.dtype == dtype
    assert (out.double() - wanted).norm() < tolerance * wanted.norm()


def test_one_program_for_all_heads_gives_what_one_for_each_gives(monkeypatch: pytest.MonkeyPatch):
    table = random_table([9, 9, 9], torch.float32)
    del table["ptr"]
    layout = EdgeLayout.from_nodes(**table, graphs=3)
    query, key, value = torch.randn(3, 27, 4, 8)
    bias = torch.randn(len(RELATIONS), 4)
    apart = relational_attention(query, key, value, layout, bias)
    monkeypatch.setattr(triton_inferred, "MANY", 1)
    assert torch.equal(relational_attention(query, key, value, layout, bias), apart)


def test_absent_nodes_get_nothing_and_give_nothing():
    table = random_table([20], torch.float32)
    del table["ptr"]
    table["score"][5:] = 0
    layout = EdgeLayout.from_nodes(**table)
    query, key, value = torch.randn(3, 20, HEADS, 8)
    out = relational_attention(query, key, value, layout)
    assert out[5:].eq(0).all()
    assert out[:5].ne(0).any()
    query[5:], key[5:], value[5:] = torch.nan, torch.nan, torch.inf
    assert torch.equal(relational_attention(query, key, value, layout), out)


def test_opcheck():
    table = random_table([9, 9], torch.float32)
    del table["ptr"]
    edges = EdgeLayout.from_nodes(**table, graphs=2).edges
    query, key, value = torch.randn(3, 18, HEADS, 8)
    bias = torch.randn(len(RELATIONS), HEADS)
    for given in (None, bias):
        arguments = (query, key, value, edges.tensors(), given, 2, 0.3, *DEFAULTS.values())
        torch.library.opcheck(inferred_op.inferred_attention_op, arguments)


def test_a_gradient_is_refused_with_the_reason():
    table = random_table([9], torch.float32)
    del table["ptr"]
    query, key, value = torch.randn(3, 9, HEADS, 8).requires_grad_()
    out = relational_attention(query, key, value, EdgeLayout.from_nodes(**table))
    with pytest.raises(RuntimeError, match="egograph::inferred_attention has no derivative"):
        out.sum().backward()

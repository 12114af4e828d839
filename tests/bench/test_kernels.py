"""The benchmark of attention: right first, then as fast as it says."""

from functools import partial
from itertools import groupby
from pathlib import Path
from time import sleep
from typing import Any

import pytest
import torch
from torch import Tensor

from egograph.bench import correctness
from egograph.bench.contestants import OURS, contestants
from egograph.bench.correctness import check
from egograph.bench.kernels import SIZES, measure
from egograph.bench.picture import draw_ratios
from egograph.bench.shapes import SHAPES, Problem, Shape
from egograph.bench.timing import time_in_turns
from egograph.errors import EgographError
from egograph.ops import EdgeLayout

CPU = torch.device("cpu")
SMALL = (Shape("2x16x4", 2, 16, 64), Shape("300-900", 1, 300, 900))


@pytest.fixture(params=SMALL, ids=lambda shape: shape.name)
def problem(request: pytest.FixtureRequest) -> Problem:
    return Problem.draw(request.param, 2, 8, torch.float32, CPU)


def layouts(problem: Problem) -> list[EdgeLayout]:
    return [
        EdgeLayout.from_edge_index(problem.edge_index, problem.nodes, relation, problem.ptr)
        for relation in (None, problem.relation)
    ]


def test_a_right_result_passes(problem: Problem):
    assert check(problem, layouts(problem)[0]) < 1e-5


def test_a_wrong_result_has_no_speed(problem: Problem, monkeypatch: pytest.MonkeyPatch):
    right = correctness.relational_attention
    monkeypatch.setattr(correctness, "relational_attention", lambda *args: right(*args) * 1.001)
    with pytest.raises(EgographError, match="no speed is told of a wrong result"):
        measure(problem, seconds=0, compiled=False, bandwidth=None)


@pytest.mark.parametrize("of_output", [True, False])
def test_a_result_that_is_no_number_has_no_speed(problem: Problem, monkeypatch: pytest.MonkeyPatch, of_output: bool):
    right = correctness.relational_attention

    def spoiled(*args: Any) -> Tensor:
        out = right(*args)
        if of_output:
            return out.index_fill(0, torch.tensor([1]), torch.nan)
        out.register_hook(lambda grad: grad * torch.nan)
        return out

    monkeypatch.setattr(correctness, "relational_attention", spoiled)
    with pytest.raises(EgographError, match="relative error nan, 1e-05 is allowed"):
        check(problem, layouts(problem)[0])


def test_everybody_attends_over_the_same_graph(problem: Problem):
    core = [c for c in contestants(problem, *layouts(problem), compiled=False) if c.against == "core"]
    assert [c.name for c in core] == [OURS, "TransformerConv", "masked SDPA"]
    ours, transformer, dense = (c.forward().flatten() for c in core)
    torch.testing.assert_close(ours, transformer)
    if (
        problem.shape.graphs > 1
    ):  # a large random graph has nodes without edges and edges twice: dense attention differs
        torch.testing.assert_close(ours, dense)


def test_a_record_holds_every_peer_with_its_ratio(problem: Problem, tmp_path: Path):
    record = measure(problem, seconds=0, compiled=False, bandwidth=None)
    names = {row["name"] for row in record["times"]}
    assert names == {
        OURS,
        "TransformerConv",
        "masked SDPA",
        "TransformerConv layer",
        "GATv2Conv",
        "RGATConv",
        "HGTConv",
    }
    ours = {row["against"]: row for row in record["times"] if row["name"] == OURS}
    for row in record["times"]:
        ratio = row["forward_ms"] / ours[row["against"]]["forward_ms"]
        assert row["forward_ratio"] == pytest.approx(ratio, rel=0.05, abs=0.01)  # two decimals are told
    draw_ratios({"machine": {"device": "this machine"}, "shapes": [record]}, tmp_path / "kernels.png")
    assert (tmp_path / "kernels.png").stat().st_size > 10_000


def test_contestants_are_timed_in_turns():
    called: list[str] = []
    pause = {"a": 0.001, "b": 0.004}

    def call(name: str) -> None:
        called.append(name)
        sleep(pause[name])

    times = time_in_turns({name: partial(call, name) for name in pause}, seconds=0, device=CPU)
    assert times["a"] < times["b"]
    turns = ["".join(turn) for _, turn in groupby(called[2:])]
    assert [turn[0] for turn in turns] == list("ababab")
    assert all(len(turn) > 2 for turn in turns)


def test_shapes_are_what_their_names_say():
    assert SIZES == ((4, 32), (8, 64))
    for shape in SHAPES:
        if "x" in shape.name:
            graphs, nodes, degree = (int(x) for x in shape.name.split("x"))
            assert (shape.graphs, shape.nodes, shape.edges) == (graphs, nodes, nodes * degree)

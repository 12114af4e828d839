"""The benchmark of the streaming step."""

import pytest
import torch
from torch import Tensor

from egograph.bench.contestants import OURS
from egograph.bench.streaming import CAPACITY, Stream, measure_streaming
from egograph.errors import EgographError
from egograph.nn.streaming_step import StreamingStep

CPU = torch.device("cpu")


def test_a_step_is_checked_and_told_beside_its_peer():
    record = measure_streaming(torch.float32, CPU, seconds=0)
    assert 0 < record["relative_error"] < 1e-5
    assert [row["name"] for row in record["times"]] == [OURS, "TransformerConv"]
    ours, peer = record["times"]
    assert ours["ratio"] == 1
    assert peer["ratio"] == pytest.approx(peer["step_ms"] / ours["step_ms"], abs=0.01)  # two decimals are told


def test_a_wrong_step_has_no_speed(monkeypatch: pytest.MonkeyPatch):
    right = StreamingStep.__call__
    monkeypatch.setattr(StreamingStep, "__call__", lambda step: right(step).mul_(1.001))
    with pytest.raises(EgographError, match="no speed is told of a wrong result"):
        measure_streaming(torch.float32, CPU, seconds=0)


def test_a_step_that_leaves_its_output_has_no_speed(monkeypatch: pytest.MonkeyPatch):
    def inserts_alone(step: StreamingStep) -> Tensor:
        step.memory.insert(step.incoming, step.count)
        return step.out

    monkeypatch.setattr(StreamingStep, "__call__", inserts_alone)
    with pytest.raises(EgographError, match="relative error nan"):
        measure_streaming(torch.float32, CPU, seconds=0)


def test_a_step_that_does_not_take_the_nodes_has_no_speed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(StreamingStep, "__call__", lambda step: step.out)
    with pytest.raises(EgographError, match="the memory does not hold the newest nodes"):
        measure_streaming(torch.float32, CPU, seconds=0)


def test_the_memory_it_runs_on_is_full():
    stream = Stream.draw(torch.float32, CPU)
    assert stream.step.memory.count.tolist() == [CAPACITY]
    assert (stream.step.memory.rows.score > 0).all()
    edges, _ = stream.step.memory.layout().inferred()
    assert set(edges.edges.code.unique().tolist()) == set(range(8))  # every relation, and pairs without an edge

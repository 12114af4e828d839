"""The Triton forms of the node memory and of a streaming step, interpreted, against those of the CPU."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

if os.environ.get("TRITON_INTERPRET") != "1":
    pytest.skip("triton was imported to compile; run these tests in their own process", allow_module_level=True)

from egograph.kernels.node_memory import memory, triton_ring
from egograph.kernels.relational_attention import inferred_op, triton_inferred
from egograph.ops import NodeMemory
from tests.kernels.node_tables import random_rows
from tests.nn.test_streaming_step import CAPACITY, CHANNELS, FEATURE_CHANNELS, MOST, STREAMS, fill, the_step, two_layers

COUNTS = [[6, 1], [0, 6], [6, 6], [6, 6], [99, -2], [6, 6]]


@pytest.fixture
def on_chip(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it lets tensors on the CPU take the forms that those on CUDA take."""

    def take() -> None:
        monkeypatch.setattr(inferred_op, "takes", lambda *_: True)
        monkeypatch.setattr(memory, "cpu", triton_ring)
        monkeypatch.setattr(torch.cuda, "device", lambda _: nullcontext())

    return take


def test_the_memory_holds_what_it_holds_on_the_cpu(on_chip: Callable[[], None]):
    before = [torch.tensor(x) for x in ([0, 0], [1, 0], [1, 2], [2, 1], [9, 3], [0, 0])]
    steps = list(zip(COUNTS, before, strict=True))
    contents: list[list[list[Any]]] = [[], []]
    for kept in contents:
        held = NodeMemory.empty(STREAMS, CAPACITY, CHANNELS, FEATURE_CHANNELS)
        for frame, (counts, oldest) in enumerate(steps):
            held.insert(
                random_rows(STREAMS * MOST, CHANNELS, FEATURE_CHANNELS, frame, seed=frame), torch.tensor(counts)
            )
            held.evict(oldest)
            kept.append([x.tolist() for x in (*held.rows.tensors(), held.head, held.count)])
        on_chip()
    assert contents[0] == contents[1]
    assert contents[0][-1][-1] == [6, 12]


@pytest.mark.usefixtures("poisoned_memory")
def test_a_step_gives_what_it_gives_on_the_cpu(on_chip: Callable[[], None]):
    layers = two_layers()
    outputs = []
    for _ in range(2):
        step = the_step(layers)
        found = []
        for frame, counts in enumerate(COUNTS):
            fill(step, random_rows(STREAMS * MOST, CHANNELS, FEATURE_CHANNELS, frame, seed=frame), counts)
            step.out.fill_(torch.nan)
            found.append(step().clone())
        outputs.append(torch.stack(found))
        on_chip()
    assert outputs[0].isfinite().all()
    torch.testing.assert_close(outputs[1], outputs[0])


class _Ops(TorchDispatchMode):
    """Keeps the names of torch's ops as they run."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.append(str(func))
        return func(*args, **(kwargs or {}))


class _Launched:
    """Stands for a kernel, and keeps when it is launched."""

    def __init__(self, name: str, names: list[str]) -> None:
        self.name, self.names = name, names

    def __getitem__(self, grid: tuple[int, ...]) -> Callable[..., None]:
        return lambda *_, **__: self.names.append(self.name)


def test_a_step_launches_one_kernel_and_three_a_layer(on_chip: Callable[[], None], monkeypatch: pytest.MonkeyPatch):
    step = the_step(two_layers())
    on_chip()
    with _Ops() as ops:
        monkeypatch.setattr(triton_ring, "insert_kernel", _Launched("insert", ops.names))
        monkeypatch.setattr(triton_inferred, "inferred_kernel", _Launched("attend", ops.names))
        step()
    # nothing else: no allocation, no copy, no wait for the device
    assert ops.names == ["insert", *["aten.addmm.out", "attend", "aten.addmm_.default"] * 2]

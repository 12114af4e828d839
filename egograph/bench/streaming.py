"""The streaming step against a PyG step that is given its edges; on a GPU each as a CUDA graph."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import TransformerConv

from egograph.bench.contestants import OURS
from egograph.bench.correctness import TOLERANCE
from egograph.bench.timing import time_in_turns
from egograph.errors import EgographError
from egograph.nn import RelationalAttentionConv, StreamingStep
from egograph.ops import RELATIONS, NodeMemory, infer_edges

CAPACITY, INCOMING, CHANNELS, COMPARED, HEADS, LAYERS = 64, 16, 128, 32, 4, 2


@dataclass(frozen=True)
class Stream:
    """One stream's memory and the layers that are applied to it, filled with random nodes.

    Attributes:
        layers: ours.
        step: over them.
    """

    layers: list[RelationalAttentionConv]
    step: StreamingStep

    @classmethod
    def draw(cls, dtype: torch.dtype, device: torch.device) -> "Stream":
        """A memory full of random nodes, the same every time."""
        torch.manual_seed(0)
        layers = [RelationalAttentionConv(CHANNELS, CHANNELS, HEADS, len(RELATIONS)) for _ in range(LAYERS)]
        for layer in layers:
            assert layer.relation_bias is not None
            nn.init.normal_(layer.relation_bias)
            layer.to(device, dtype)
        step = StreamingStep(layers, NodeMemory.empty(1, CAPACITY, CHANNELS, COMPARED, device, dtype), INCOMING)
        stream = cls(layers, step)
        for frame in range(CAPACITY // INCOMING):
            stream.arrive(frame)
            step()
        return stream

    def arrive(self, frame: int) -> None:
        """Fills the step's input with random nodes of a frame."""
        incoming, place = self.step.incoming, torch.rand(INCOMING, 4)
        incoming.state.copy_(torch.randn(INCOMING, CHANNELS))
        incoming.box.copy_(torch.cat([place[:, :2] * 0.7, place[:, :2] * 0.7 + place[:, 2:] * 0.3], dim=1))
        incoming.kind.copy_(torch.tensor([0, 1, *[2] * (INCOMING - 3), 3]))
        incoming.track.copy_(torch.arange(INCOMING))
        incoming.feature.copy_(torch.randn(INCOMING, COMPARED))
        incoming.frame.fill_(frame)
        incoming.contact.copy_(torch.rand(INCOMING, 2))
        incoming.score.fill_(1)
        self.step.count.fill_(INCOMING)


def measure_streaming(dtype: torch.dtype, device: torch.device, seconds: float) -> dict[str, Any]:
    """Check the step and time it.

    Args:
        dtype: of weights and nodes.
        device: where.
        seconds: for the comparison.

    Raises:
        EgographError: the step's output is wrong.
    """
    stream = Stream.draw(dtype, device)
    peer = _pyg_step(stream)
    steps = {OURS: _recorded(stream.step, device), "TransformerConv": _recorded(peer, device)}
    error = _check(stream, steps[OURS])
    times = time_in_turns(steps, seconds, device)
    return {
        "streams": 1,
        "capacity": CAPACITY,
        "incoming": INCOMING,
        "channels": CHANNELS,
        "heads": HEADS,
        "layers": LAYERS,
        "relative_error": float(f"{error:.1e}"),
        **({"launches": _launches(stream.step)} if device.type == "cuda" else {}),
        "times": [
            {"name": name, "step_ms": round(taken * 1e3, 4), "ratio": round(taken / times[OURS], 2)}
            for name, taken in times.items()
        ],
    }


def _recorded(step: Callable[[], object], device: torch.device) -> Callable[[], object]:
    """A CUDA graph of the step; on the CPU the step itself."""
    if device.type == "cpu":
        return step
    step()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def _pyg_step(stream: Stream) -> Callable[[], Tensor]:
    """As many TransformerConvs over a ring of the same size; the edges are listed before, at no cost."""
    state = stream.step.memory.rows.state.clone()
    rows = stream.step.memory.rows
    ptr = torch.tensor([0, CAPACITY], device=state.device)
    edge_index, _, _ = infer_edges(
        rows.box, rows.kind, rows.track, rows.feature, rows.frame, ptr, rows.contact, rows.score
    )
    layers = [TransformerConv(CHANNELS, CHANNELS // HEADS, HEADS).to(state.device, state.dtype) for _ in range(LAYERS)]
    place = torch.arange(INCOMING, device=state.device)

    @torch.no_grad()
    def step() -> Tensor:
        place.add_(INCOMING).remainder_(CAPACITY)
        state.index_copy_(0, place, stream.step.incoming.state)
        out = state
        for layer in layers:
            out = layer(out, edge_index)
        return out

    return step


@torch.no_grad()
def _check(stream: Stream, replay: Callable[[], object]) -> float:
    """The relative error of a step to layers in float64 over the same nodes; its output is poisoned before."""
    stream.arrive(CAPACITY)
    stream.step.out.fill_(torch.nan)
    replay()
    memory = stream.step.memory
    newest = (torch.arange(INCOMING, device=memory.head.device) + memory.head - INCOMING) % CAPACITY
    for own, given in zip(memory.rows.tensors(), stream.step.incoming.tensors(), strict=True):
        if not torch.equal(own[newest], given):
            raise EgographError("streaming step: the memory does not hold the newest nodes; no speed is told of it")
    layout, confidence = memory.layout().inferred()
    wanted = memory.rows.state.double()
    for layer in stream.layers:
        wanted = deepcopy(layer).double()(wanted, layout, edge_weight=confidence)
    error = float((stream.step.out.double() - wanted).norm() / wanted.norm())
    tolerance = TOLERANCE[stream.step.out.dtype]
    if not error < tolerance:
        wrong = f"relative error {error:.1e}, {tolerance:.0e} is allowed"
        raise EgographError(f"streaming step: {wrong}; no speed is told of a wrong result")
    return error


def _launches(step: StreamingStep) -> int:
    """How many kernels a step launches."""
    from torch.profiler import ProfilerActivity, profile

    step()
    with profile(activities=[ProfilerActivity.CUDA]) as told:
        step()
        torch.cuda.synchronize()
    return sum(event.device_type.name == "CUDA" for event in told.events() or ())

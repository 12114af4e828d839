"""Message passing step by step over the last nodes of a stream."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from egograph.nn import RelationalAttentionConv, StreamingStep
from egograph.ops import RELATIONS, EdgeLayout, NodeMemory, NodeRows
from tests.kernels.node_tables import random_rows

STREAMS, CAPACITY, MOST, CHANNELS, FEATURE_CHANNELS = 2, 20, 6, 40, 36


def two_layers() -> list[RelationalAttentionConv]:
    torch.manual_seed(0)
    layers = [
        RelationalAttentionConv(CHANNELS, 32, heads=4, num_relations=len(RELATIONS)),
        RelationalAttentionConv(32, 16, heads=2, num_relations=len(RELATIONS)),
    ]
    for layer in layers:
        assert layer.relation_bias is not None
        torch.nn.init.normal_(layer.relation_bias)
    return layers


def the_step(layers: list[RelationalAttentionConv]) -> StreamingStep:
    return StreamingStep(layers, NodeMemory.empty(STREAMS, CAPACITY, CHANNELS, FEATURE_CHANNELS), MOST)


def fill(step: StreamingStep, nodes: NodeRows, counts: list[int]):
    for own, new in zip(step.incoming.tensors(), nodes.tensors(), strict=True):
        own.copy_(new)
    step.count.copy_(torch.tensor(counts))


@torch.no_grad()
def whole(layers: list[RelationalAttentionConv], nodes: list[list[Tensor]]) -> tuple[Tensor, Tensor]:
    """What the layers give for the last nodes of a stream, oldest first, and their scores."""
    columns = (torch.cat(column)[-CAPACITY:] for column in zip(*nodes, strict=True))
    box, kind, track, feature, frame, contact, score, state = columns
    layout = EdgeLayout.from_nodes(box, kind, track, feature, frame, contact, score)
    for layer in layers:
        state = layer(state, layout)
    return state, score


def test_a_step_gives_what_the_layers_give_for_the_last_nodes():
    layers = two_layers()
    step = the_step(layers)
    seen: list[list[list[Tensor]]] = [[] for _ in range(STREAMS)]
    for frame, counts in enumerate([[6, 1], [0, 6], [6, 6], [6, 6], [5, 2], [6, 6]]):
        nodes = random_rows(STREAMS * MOST, CHANNELS, FEATURE_CHANNELS, frame, seed=frame)
        fill(step, nodes, counts)
        step.out.fill_(torch.nan)
        out = step()
        assert out.data_ptr() == step.out.data_ptr()
        for stream, count in enumerate(counts):
            seen[stream].append([x[stream * MOST : stream * MOST + count] for x in nodes.tensors()])
            wanted, score = whole(layers, seen[stream])
            order = torch.arange(len(wanted)) + int(step.memory.head[stream]) - len(wanted)
            found = out[stream * CAPACITY + order % CAPACITY]
            assert (score > 0).any()
            torch.testing.assert_close(found[score > 0], wanted[score > 0])


def test_on_the_cpu_the_edges_are_listed_once_a_step(monkeypatch: pytest.MonkeyPatch):
    step = the_step(two_layers())
    listed: list[EdgeLayout] = []
    right = EdgeLayout.inferred
    monkeypatch.setattr(EdgeLayout, "inferred", lambda layout: listed.append(layout) or right(layout))
    step()
    assert len(listed) == 1


def test_a_step_keeps_no_history_of_gradients():
    step = the_step(two_layers())
    nodes = random_rows(STREAMS * MOST, CHANNELS, FEATURE_CHANNELS)
    step.memory.insert(replace(nodes, state=nodes.state.requires_grad_()), torch.tensor([1, 1]))
    assert not any(column.requires_grad for column in step.memory.rows.tensors())
    assert not step().requires_grad


def test_layers_and_sizes_that_do_not_fit_are_refused():
    memory = NodeMemory.empty(1, CAPACITY, CHANNELS, FEATURE_CHANNELS)
    with pytest.raises(ValueError, match=r"layers: layer 1 takes 8 channels and gets 16"):
        StreamingStep([RelationalAttentionConv(CHANNELS, 16), RelationalAttentionConv(8, 16)], memory, MOST)
    with pytest.raises(ValueError, match=r"layers: layer 0 has 3 relations; give 7, or 0"):
        StreamingStep([RelationalAttentionConv(CHANNELS, 16, num_relations=3)], memory, MOST)
    with pytest.raises(ValueError, match=r"layer 0 is torch.float64 on cpu, the memory torch.float32 on cpu"):
        StreamingStep([RelationalAttentionConv(CHANNELS, 16).double()], memory, MOST)
    with pytest.raises(ValueError, match=r"layers: none; give at least one"):
        StreamingStep([], memory, MOST)
    with pytest.raises(ValueError, match=r"incoming: 21 nodes; give 1 to 20, the memory's capacity"):
        StreamingStep([RelationalAttentionConv(CHANNELS, 16)], memory, CAPACITY + 1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="a CUDA graph needs a GPU")
def test_a_cuda_graph_replays_it_and_a_step_allocates_nothing():
    layers = two_layers()
    plain = the_step(layers)
    memory = NodeMemory.empty(STREAMS, CAPACITY, CHANNELS, FEATURE_CHANNELS, device="cuda")
    recorded = StreamingStep([layer.cuda() for layer in layers], memory, MOST)
    recorded()  # compiles; takes no node
    allocated = torch.cuda.memory_stats()["allocation.all.allocated"]
    recorded()
    assert torch.cuda.memory_stats()["allocation.all.allocated"] == allocated
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        recorded()
    for frame, counts in enumerate([[6, 1], [0, 6], [6, 6], [6, 6], [5, 2]]):
        for step in (recorded, plain):
            fill(step, random_rows(STREAMS * MOST, CHANNELS, FEATURE_CHANNELS, frame, seed=frame), counts)
        recorded.out.fill_(torch.nan)
        graph.replay()
        wanted = plain()
        there = plain.memory.rows.score > 0
        torch.testing.assert_close(recorded.out.cpu()[there], wanted[there], rtol=1e-4, atol=1e-4)

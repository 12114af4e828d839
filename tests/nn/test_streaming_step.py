"""Message passing step by step over the last nodes of a stream."""

import pytest
import torch
from torch import Tensor

from egograph.nn.relational_attention_conv import RelationalAttentionConv
from egograph.nn.streaming_step import StreamingStep
from egograph.ops import RELATIONS, EdgeLayout, NodeMemory, NodeRows
from tests.kernels.node_tables import random_rows

STREAMS, CAPACITY, MOST, CHANNELS, COMPARED = 2, 20, 6, 24, 8


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
    return StreamingStep(layers, NodeMemory.empty(STREAMS, CAPACITY, CHANNELS, COMPARED), MOST)


def fill(step: StreamingStep, nodes: NodeRows, counts: list[int]):
    for own, new in zip(step.incoming.tensors(), nodes.tensors(), strict=True):
        own.copy_(new)
    step.count.copy_(torch.tensor(counts))


@torch.no_grad()
def whole(layers: list[RelationalAttentionConv], nodes: list[list[Tensor]]) -> tuple[Tensor, Tensor]:
    """What the layers give for the last nodes of a stream, oldest first, and their scores."""
    columns = (torch.cat(column)[-CAPACITY:] for column in zip(*nodes, strict=True))
    state, box, kind, track, feature, frame, contact, score = columns
    layout = EdgeLayout.from_nodes(box, kind, track, feature, frame, contact, score)
    for layer in layers:
        state = layer(state, layout)
    return state, score


def test_a_step_gives_what_the_layers_give_for_the_last_nodes():
    layers = two_layers()
    step = the_step(layers)
    seen: list[list[list[Tensor]]] = [[] for _ in range(STREAMS)]
    for frame, counts in enumerate([[6, 1], [0, 6], [6, 6], [6, 6], [5, 2], [6, 6]]):
        nodes = random_rows(STREAMS * MOST, CHANNELS, COMPARED, frame, seed=frame)
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


def test_layers_that_do_not_fit_are_refused():
    memory = NodeMemory.empty(1, CAPACITY, CHANNELS, COMPARED)
    with pytest.raises(ValueError, match=r"layers: layer 1 takes 8 channels and gets 16"):
        StreamingStep([RelationalAttentionConv(CHANNELS, 16), RelationalAttentionConv(8, 16)], memory, MOST)
    with pytest.raises(ValueError, match=r"layers: layer 0 has 3 relations; give 7, or 0"):
        StreamingStep([RelationalAttentionConv(CHANNELS, 16, num_relations=3)], memory, MOST)
    with pytest.raises(ValueError, match=r"layer 0 is torch.float64 on cpu, the memory torch.float32 on cpu"):
        StreamingStep([RelationalAttentionConv(CHANNELS, 16).double()], memory, MOST)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="a CUDA graph needs a GPU")
def test_a_cuda_graph_replays_it_without_allocating():
    layers = [layer.cuda() for layer in two_layers()]
    memories = [NodeMemory.empty(STREAMS, CAPACITY, CHANNELS, COMPARED, device="cuda") for _ in range(2)]
    recorded, eager = (StreamingStep(layers, memory, MOST) for memory in memories)
    recorded()  # compiles; takes no node
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        recorded()
    for frame, counts in enumerate([[6, 1], [0, 6], [6, 6], [6, 6], [5, 2]]):
        for step in (recorded, eager):
            fill(step, random_rows(STREAMS * MOST, CHANNELS, COMPARED, frame, seed=frame), counts)
        recorded.out.fill_(torch.nan)
        allocated = torch.cuda.memory_stats()["allocation.all.allocated"]
        graph.replay()
        assert torch.cuda.memory_stats()["allocation.all.allocated"] == allocated
        assert torch.equal(recorded.out, eager())

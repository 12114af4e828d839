"""The bounded memory of a stream's nodes."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from egograph.ops import NodeMemory, NodeRows
from tests.kernels.node_tables import random_rows

STREAMS, CAPACITY, MOST = 3, 7, 5


def rows_of(memory: NodeMemory, stream: int) -> list[list[list[float]]]:
    """The columns of a stream's nodes, oldest first."""
    count, head = int(memory.count[stream]), int(memory.head[stream])
    slots = (torch.arange(count) + head - count) % memory.capacity + stream * memory.capacity
    return [column[slots].tolist() for column in memory.rows.tensors()]


def taken(nodes: NodeRows, stream: int, count: int) -> list[Tensor]:
    first = stream * MOST
    return [column[first : first + count] for column in nodes.tensors()]


def test_it_holds_the_last_nodes_of_each_stream_in_their_order():
    memory = NodeMemory.empty(STREAMS, CAPACITY, channels=6, feature_channels=4)
    seen: list[list[list[Tensor]]] = [[] for _ in range(STREAMS)]
    for step, counts in enumerate([[0, 1, 5], [5, 0, 5], [2, 5, 5], [3, 3, 0], [5, 5, 1], [1, 0, 4]]):
        nodes = random_rows(STREAMS * MOST, channels=6, feature_channels=4, frame=step, seed=step)
        memory.insert(nodes, torch.tensor(counts))
        for stream, count in enumerate(counts):
            seen[stream].append(taken(nodes, stream, count))
            wanted = [torch.cat(column)[-CAPACITY:].tolist() for column in zip(*seen[stream], strict=True)]
            assert rows_of(memory, stream) == wanted


def test_a_count_beyond_the_rows_takes_them_all_and_one_below_none():
    memory = NodeMemory.empty(2, CAPACITY, channels=6, feature_channels=4)
    memory.insert(random_rows(2 * MOST, channels=6, feature_channels=4), torch.tensor([99, -3]))
    assert memory.count.tolist() == [MOST, 0]
    assert memory.head.tolist() == [MOST, 0]


def test_evicted_nodes_are_gone_and_their_slots_free():
    memory = NodeMemory.empty(2, CAPACITY, channels=6, feature_channels=4)
    for frame in range(5):
        memory.insert(random_rows(4, channels=6, feature_channels=4, frame=frame, seed=frame), torch.tensor([2, 1]))
    memory.evict(torch.tensor([4, 3]))
    assert memory.count.tolist() == [2, 2]
    frames = [rows_of(memory, stream)[4] for stream in range(2)]
    assert frames == [[4, 4], [3, 4]]
    assert [int((score > 0).sum()) for score in memory.rows.score.view(2, -1)] == [2, 2]
    memory.evict(torch.tensor([99, 0]))
    assert memory.count.tolist() == [0, 2]
    assert memory.rows.score[:CAPACITY].eq(0).all()
    memory.insert(random_rows(4, channels=6, feature_channels=4, frame=9), torch.tensor([2, 2]))
    assert [rows_of(memory, stream)[4] for stream in range(2)] == [[9, 9], [3, 4, 9, 9]]


def test_nodes_that_do_not_fit_are_refused():
    memory = NodeMemory.empty(2, CAPACITY, channels=6, feature_channels=4)
    with pytest.raises(ValueError, match=r"nodes: 16 rows; give equally many a stream, at most 7 for each of 2"):
        memory.insert(random_rows(16, channels=6, feature_channels=4), torch.tensor([1, 1]))
    with pytest.raises(
        ValueError, match=r"nodes: state is torch.float32 \[5\] a node on cpu; the memory's is torch.float32 \[6\]"
    ):
        memory.insert(random_rows(4, channels=5, feature_channels=4), torch.tensor([1, 1]))
    with pytest.raises(
        ValueError, match=r"count: torch.float32 \[2\] on cpu; give torch.int64 \[2\] on cpu, one a stream"
    ):
        memory.insert(random_rows(4, channels=6, feature_channels=4), torch.ones(2))
    with pytest.raises(ValueError, match=r"before: torch.int64 \[1\] on cpu; give torch.int64 \[2\] on cpu"):
        memory.evict(torch.tensor([3]))
    with pytest.raises(ValueError, match=r"streams, capacity: 0 and 7; give at least 1 of each"):
        NodeMemory.empty(0, CAPACITY, channels=6, feature_channels=4)
    with pytest.raises(ValueError, match=r"rows: not contiguous; make a memory with NodeMemory.empty"):
        replace(memory, rows=replace(memory.rows, state=torch.zeros(14, 12)[:, :6]))
    with pytest.raises(ValueError, match=r"state: shape \[3, 6\]; give \[4, C\] for 4 nodes"):
        NodeRows(*random_rows(4, channels=6, feature_channels=4).tensors()[:-1], torch.zeros(3, 6))

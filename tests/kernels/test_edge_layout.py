"""Edges sorted by receiver, and by sender."""

import pytest
import torch

from egograph.ops import EdgeLayout
from tests.kernels.graphs import AWKWARD, Edges


@pytest.mark.parametrize("edges", AWKWARD.values(), ids=AWKWARD)
def test_every_edge_is_found_at_its_receiver_and_at_its_sender(edges: Edges):
    relation = torch.arange(edges.edge_index.shape[1])
    layout = EdgeLayout.from_edge_index(edges.edge_index, edges.num_nodes, relation)
    sender, receiver = edges.edge_index
    by_sender = layout.by_sender
    for node in range(edges.num_nodes):
        run = slice(layout.rowptr[node], layout.rowptr[node + 1])
        incoming = (receiver == node).nonzero().squeeze(1)
        assert layout.permutation[run].tolist() == incoming.tolist()  # in the order given
        assert layout.relation[run].tolist() == incoming.tolist()
        assert layout.col[run].tolist() == sender[incoming].tolist()
        assert (layout.row[run] == node).all()
        run = slice(by_sender.colptr[node], by_sender.colptr[node + 1])
        assert (layout.col[by_sender.edge[run]] == node).all()
        assert torch.equal(layout.row[by_sender.edge[run]], by_sender.row[run])
    assert layout.rowptr[-1] == by_sender.colptr[-1] == sender.shape[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((torch.zeros(3, 4, dtype=torch.int64), 5), r"edge_index: torch.int64 \[3, 4\]; give integers of shape"),
        ((torch.zeros(2, 4), 5), r"edge_index: torch.float32 \[2, 4\]"),
        ((torch.tensor([[0], [5]]), 5), "edge_index: names node 5 of 5"),
        ((torch.tensor([[-1], [0]]), 5), "edge_index: names node -1 of 5"),
        ((torch.tensor([[0], [1]]), 5, torch.zeros(2)), r"relation: shape \[2\]; give one number per edge, \[1\]"),
        ((torch.tensor([[0], [1]]), 5, None, torch.zeros(1, 2)), r"ptr: shape \[1, 2\]"),
    ],
)
def test_edges_that_cannot_be_are_named(arguments: tuple[object, ...], message: str):
    with pytest.raises(ValueError, match=message):
        EdgeLayout.from_edge_index(*arguments)

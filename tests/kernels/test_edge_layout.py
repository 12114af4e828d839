"""Edges laid out by receiver and by sender, or as tiles, and the rule that chooses."""

import pytest
import torch

from egograph.kernels.csr_edges import CsrEdges, hub_parts
from egograph.kernels.tile_edges import TileEdges
from egograph.ops import RELATIONS, EdgeLayout, infer_edges, relational_attention
from tests.kernels.graphs import AWKWARD, Edges, random_edges, random_graphs, takes_form
from tests.kernels.node_tables import random_table

TILED = {name: edges for name, edges in AWKWARD.items() if takes_form(edges, "tile")}


@pytest.mark.parametrize("edges", AWKWARD.values(), ids=AWKWARD)
def test_every_edge_is_found_at_its_receiver_and_at_its_sender(edges: Edges):
    relation = torch.arange(edges.edge_index.shape[1])
    csr = edges.layout(relation, "csr").edges
    sender, receiver = edges.edge_index
    by_sender = csr.by_sender
    for node in range(edges.num_nodes):
        run = slice(csr.rowptr[node], csr.rowptr[node + 1])
        incoming = (receiver == node).nonzero().squeeze(1)
        assert csr.permutation[run].tolist() == incoming.tolist()  # in the order given
        assert csr.relation[run].tolist() == incoming.tolist()
        assert csr.col[run].tolist() == sender[incoming].tolist()
        assert (csr.row[run] == node).all()
        run = slice(by_sender.colptr[node], by_sender.colptr[node + 1])
        assert (csr.col[by_sender.edge[run]] == node).all()
        assert torch.equal(csr.row[by_sender.edge[run]], by_sender.row[run])
    assert csr.rowptr[-1] == by_sender.colptr[-1] == sender.shape[0]


@pytest.mark.parametrize("edges", TILED.values(), ids=TILED)
def test_every_edge_is_found_in_its_graphs_tile(edges: Edges):
    relation = torch.arange(edges.edge_index.shape[1]) % 100
    tiles = edges.layout(relation, "tile").edges
    ptr = torch.tensor([0, edges.num_nodes]) if edges.ptr is None else edges.ptr
    graph, i, j = tiles.code.nonzero().t()
    found = {
        (int(ptr[g] + s), int(ptr[g] + r)): int(tiles.code[g, r, s]) - 1 for g, r, s in zip(graph, i, j, strict=True)
    }
    given = zip(edges.edge_index.t().tolist(), relation.tolist(), strict=True)
    assert found == {tuple(pair): kind for pair, kind in given}
    assert tiles.code.shape[1] == ptr.diff().max()
    assert torch.equal(tiles.spread(relation + 1.0).flatten()[tiles.pair], relation + 1.0)


def test_small_dense_graphs_are_tiles_and_the_rest_is_csr():
    assert isinstance(random_graphs(128, degree=12).layout().edges, TileEdges)
    csr = {
        "too large": random_graphs(129, degree=12),
        "too sparse": random_graphs(128, degree=2),
        "repeated": random_edges(9, 60),
        "empty": Edges(torch.zeros(2, 0, dtype=torch.int64), 4),
    }
    assert all(isinstance(edges.layout().edges, CsrEdges) for edges in csr.values())
    assert isinstance(random_graphs(*[128] * 4, degree=28).layout().edges, TileEdges)
    assert isinstance(random_graphs(*[128] * 5, degree=28).layout().edges, CsrEdges)  # more pairs, on the CPU
    assert isinstance(random_graphs(*[128] * 5, degree=36).layout().edges, TileEdges)
    relation = torch.full((random_graphs(9).edge_index.shape[1],), 126)
    assert isinstance(random_graphs(9).layout(relation).edges, CsrEdges)
    assert not isinstance(random_graphs(9).layout(relation - 1).edges, CsrEdges)


@pytest.mark.parametrize(
    ("edges", "why"),
    [
        (random_graphs(129), "a graph has 129 nodes, a tile takes 128"),
        (random_edges(9, 60), "two edges join the same pair of nodes"),
        (Edges(torch.zeros(2, 0, dtype=torch.int64), 4), "there are no edges"),
    ],
)
def test_tiles_that_cannot_be_say_why(edges: Edges, why: str):
    with pytest.raises(ValueError, match=f"form: no tiles, {why}; take csr"):
        edges.layout(form="tile")


def test_the_edges_of_hubs_are_split_in_order():
    receiver = torch.cat([torch.full((2600,), 4), torch.arange(6), torch.full((1025,), 5)])
    csr = Edges(torch.stack([receiver * 0, receiver]), 6).layout(form="csr").edges
    node, start = hub_parts(csr.rowptr, receiver.shape[0])
    first = csr.rowptr[[4, 4, 4, 5, 5]] + torch.tensor([0, 1024, 2048, 0, 1024])
    assert node.tolist() == [4, 4, 4, 5, 5, -1]
    assert start.tolist() == [*first.tolist(), 0]
    assert hub_parts(csr.rowptr, 1023).shape == (2, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((torch.zeros(3, 4, dtype=torch.int64), 5), r"edge_index: torch.int64 \[3, 4\]; give integers of shape"),
        ((torch.zeros(2, 4), 5), r"edge_index: torch.float32 \[2, 4\]"),
        ((torch.tensor([[0], [5]]), 5), "edge_index: names node 5 of 5"),
        ((torch.tensor([[-1], [0]]), 5), "edge_index: names node -1 of 5"),
        (
            (torch.tensor([[0], [1]]), 5, torch.zeros(2)),
            r"relation: torch.float32 \[2\]; give one integer per edge, \[1\]",
        ),
        ((torch.tensor([[0], [1]]), 5, torch.tensor([-1])), "relation: -1; relations count from 0"),
        ((torch.tensor([[0], [1]]), 5, None, torch.zeros(1, 2)), r"ptr: torch.float32 \[1, 2\]; give the node offsets"),
        (
            (torch.tensor([[0], [1]]), 5, None, torch.tensor([0, 4])),
            "ptr: runs from 0 to 4; give the node offsets of all graphs",
        ),
        ((torch.tensor([[0], [1]]), 5, None, torch.tensor([0, 4, 2, 5])), "ptr: falls somewhere; give the node"),
        ((torch.tensor([[0], [1]]), 5, None, torch.tensor([2, 5])), "ptr: runs from 2 to 5; give the node offsets"),
        ((torch.tensor([[0], [1]]), 5, None, torch.tensor([0])), "ptr: runs from 0 to 0; give the node offsets"),
        ((torch.tensor([[0], [1]]), 5, None, torch.tensor([0.0, 5.0])), r"ptr: torch.float32 \[2\]; give the node"),
        ((torch.zeros(2, 0, dtype=torch.int64), 5, None, torch.tensor([0, 3])), "ptr: runs from 0 to 3; give"),
        ((torch.tensor([[0], [1]]), 5, None, None, "tiles"), "form: 'tiles'; give tile or csr, or leave it out"),
        ((torch.tensor([[0], [1]]), 2**31), "edge_index: 2147483648 nodes, 1 edges; at most 2147483647 of each"),
        ((torch.tensor([[0, 1], [1, 3]]), 5, None, torch.tensor([0, 2, 5])), "edge_index: 1 edges run from one graph"),
    ],
)
def test_edges_that_cannot_be_are_named(arguments: tuple[object, ...], message: str):
    with pytest.raises(ValueError, match=message):
        EdgeLayout.from_edge_index(*arguments)


def test_edges_from_nodes_are_those_that_would_be_listed():
    table = random_table([12, 12], torch.float64)
    ptr = table.pop("ptr")
    sources = [table[name].requires_grad_() for name in ("contact", "score", "feature")]
    query, key, value = torch.randn(3, 24, 2, 8, dtype=torch.float64)
    bias = torch.randn(len(RELATIONS), 2, dtype=torch.float64)
    edge_index, relation, confidence = infer_edges(**table, ptr=ptr)
    listed = EdgeLayout.from_edge_index(edge_index, 24, relation, ptr)
    inferred = EdgeLayout.from_nodes(**table, graphs=2)
    assert inferred.num_edges is None
    assert inferred.num_relations == len(RELATIONS)
    results = []
    for layout, given in ((listed, confidence), (inferred, None)):
        out = relational_attention(query, key, value, layout, bias, given)
        results.append((out, *torch.autograd.grad(out.square().sum(), sources)))
    for found, wanted in zip(*results, strict=True):
        assert wanted.ne(0).any()
        torch.testing.assert_close(found, wanted)


def test_nodes_that_give_no_layout():
    table = random_table([12, 12], torch.float32)
    ptr = table.pop("ptr")
    with pytest.raises(ValueError, match=r"graphs: 5 of 24 rows; give graphs of equally many rows"):
        EdgeLayout.from_nodes(**table, graphs=5)
    with pytest.raises(ValueError, match=r"score: shape \[23\]; give \[24\] for 24 nodes"):
        EdgeLayout.from_nodes(**table | {"score": table["score"][1:]})
    with pytest.raises(ValueError, match=r"kind: shape \[24, 2\]; give \[N\], a kind for each node"):
        EdgeLayout.from_nodes(**table | {"kind": torch.zeros(24, 2)})
    layout, rows = EdgeLayout.from_nodes(**table, graphs=2), torch.randn(24, 2, 8)
    with pytest.raises(ValueError, match=r"edge_confidence: the layout infers its edges, and how sure they are"):
        relational_attention(rows, rows, rows, layout, edge_confidence=torch.ones(3))
    edge_index = infer_edges(**table, ptr=ptr)[0]
    with pytest.raises(TypeError, match=r"inferred: this layout was made from edges"):
        EdgeLayout.from_edge_index(edge_index, 24).inferred()


def test_rows_without_a_node_may_hold_anything():
    table = random_table([12, 12], torch.float32)
    del table["ptr"]
    absent = torch.arange(24) % 5 == 0
    table["score"] = table["score"].clamp(min=0.1).masked_fill(absent, 0)
    layout = EdgeLayout.from_nodes(**table, graphs=2)
    rows = torch.randn(24, 2, 8)
    spoiled = rows.masked_fill(absent[:, None, None], torch.nan)
    out = relational_attention(spoiled, spoiled, spoiled, layout)
    torch.testing.assert_close(out, relational_attention(rows, rows, rows, layout))
    assert not out[absent].any()


def test_nodes_that_change_change_the_edges_and_keep_their_gradients():
    table = random_table([12], torch.float32)
    del table["ptr"]
    feature = table["feature"].requires_grad_()
    layout = EdgeLayout.from_nodes(**table)
    rows = torch.randn(12, 2, 8)
    with torch.inference_mode():
        first = relational_attention(rows, rows, rows, layout)
    for _ in range(2):
        [gradient] = torch.autograd.grad(relational_attention(rows, rows, rows, layout).sum(), feature)
        assert gradient.ne(0).any()
    table["score"][6:] = 0
    assert not torch.equal(relational_attention(rows, rows, rows, layout), first)


def test_columns_on_two_devices_are_refused():
    table = random_table([12], torch.float32)
    del table["ptr"]
    with pytest.raises(ValueError, match=r"on cpu and meta; put all columns on one device"):
        EdgeLayout.from_nodes(**table | {"track": table["track"].to("meta")})

"""The layer, called as PyG's are."""

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import Sequential, TransformerConv

from egograph.nn import RelationalAttentionConv
from egograph.ops import EdgeLayout

NODES, EDGES, RELATIONS = 30, 90, 5


@pytest.fixture
def graph() -> Data:
    generator = torch.Generator().manual_seed(0)
    return Data(
        x=torch.randn(NODES, 16, generator=generator),
        edge_index=torch.randint(NODES, (2, EDGES), generator=generator),
        edge_type=torch.randint(RELATIONS, (EDGES,), generator=generator),
        edge_weight=torch.rand(EDGES, generator=generator),
    )


def layer(in_channels: int = 16, out_channels: int = 32, num_relations: int = RELATIONS) -> RelationalAttentionConv:
    torch.manual_seed(1)
    conv = RelationalAttentionConv(in_channels, out_channels, heads=4, num_relations=num_relations)
    if conv.relation_bias is not None:
        nn.init.normal_(conv.relation_bias)
    return conv


def test_it_says_its_sizes_as_pygs_layers_do():
    assert repr(layer()) == "RelationalAttentionConv(16, 32, heads=4, num_relations=5)"
    assert repr(TransformerConv(16, 8, heads=4)) == "TransformerConv(16, 8, heads=4)"


def test_it_stands_in_a_pyg_sequential(graph: Data):
    first, second = layer(), layer(32, 8)
    net = Sequential(
        "x, edge_index, edge_type",
        [
            (first, "x, edge_index, edge_type -> x"),
            nn.ReLU(),
            (second, "x, edge_index, edge_type -> x"),
        ],
    )
    out = net(graph.x, graph.edge_index, graph.edge_type)
    wanted = second(first(graph.x, graph.edge_index, graph.edge_type).relu(), graph.edge_index, graph.edge_type)
    assert torch.equal(out, wanted)
    assert out.shape == (NODES, 8)


def test_one_layout_serves_every_layer(graph: Data):
    layout = EdgeLayout.from_edge_index(graph.edge_index, NODES, relation=graph.edge_type)
    conv = layer()
    given = conv(graph.x, graph.edge_index, graph.edge_type, graph.edge_weight)
    assert torch.equal(conv(graph.x, layout, edge_weight=graph.edge_weight), given)


def test_a_batch_gives_what_its_graphs_give(graph: Data):
    graphs = [graph, graph.subgraph(torch.arange(7)), graph.subgraph(torch.arange(20, 30))]
    batch = Batch.from_data_list(graphs)
    conv = layer()
    layout = EdgeLayout.from_edge_index(batch.edge_index, batch.num_nodes, relation=batch.edge_type, ptr=batch.ptr)
    together = conv(batch.x, layout, edge_weight=batch.edge_weight)
    apart = torch.cat([conv(one.x, one.edge_index, one.edge_type, one.edge_weight) for one in graphs])
    torch.testing.assert_close(together, apart)


def test_a_node_without_edges_keeps_what_its_root_gives(graph: Data):
    conv = layer(num_relations=0)
    no_edges = torch.zeros((2, 0), dtype=torch.int64)
    torch.testing.assert_close(conv(graph.x, no_edges), conv.root(graph.x) + conv.output.bias)


def test_the_order_of_nodes_and_edges_does_not_matter(graph: Data):
    conv = layer()
    out = conv(graph.x, graph.edge_index, graph.edge_type, graph.edge_weight)
    nodes, edges = torch.randperm(NODES), torch.randperm(EDGES)
    place = nodes.argsort()
    moved = conv(graph.x[nodes], place[graph.edge_index][:, edges], graph.edge_type[edges], graph.edge_weight[edges])
    torch.testing.assert_close(moved, out[nodes])


def test_reset_parameters_draws_them_anew():
    conv = layer()
    before = {name: x.clone() for name, x in conv.state_dict().items()}
    conv.reset_parameters()
    assert all(not torch.equal(x, before[name]) for name, x in conv.state_dict().items())
    assert conv.relation_bias is not None
    assert conv.relation_bias.eq(0).all()


@pytest.mark.parametrize("form", ["edge_index", "csr", "tile"])
def test_it_compiles_as_one_graph(graph: Data, form: str):
    simple = torch.unique(graph.edge_index, dim=1)
    kind, weight = graph.edge_type[: simple.shape[1]], graph.edge_weight[: simple.shape[1]]
    conv = layer()
    edges: tuple[Tensor | EdgeLayout, Tensor | None] = (simple, kind)
    if form != "edge_index":
        edges = (EdgeLayout.from_edge_index(simple, NODES, relation=kind, form=form), None)
    compiled = torch.compile(conv, fullgraph=True, backend="aot_eager")
    results = []
    for run in (compiled, conv):
        out = run(graph.x, *edges, weight)
        results.append((out, *torch.autograd.grad(out.square().sum(), list(conv.parameters()))))
    torch.testing.assert_close(*results)


def test_relations_come_from_one_place(graph: Data):
    conv = layer()
    with pytest.raises(ValueError, match=r"edge_type: none; the layer has 5 relations, give that of each edge, \[E\]"):
        conv(graph.x, graph.edge_index)
    layout = EdgeLayout.from_edge_index(graph.edge_index, NODES, relation=graph.edge_type)
    with pytest.raises(ValueError, match=r"edge_type: the layout holds the relations"):
        conv(graph.x, layout, graph.edge_type)
    with pytest.raises(ValueError, match=r"out_channels 30 is no multiple of heads 4; choose one that is"):
        RelationalAttentionConv(16, 30, heads=4)
    with pytest.raises(ValueError, match=r"out_channels 32 is no multiple of heads 0; choose one that is"):
        RelationalAttentionConv(16, 32, heads=0)
    with pytest.raises(ValueError, match=r"edge_type: the layer has no relations; make it with num_relations="):
        layer(num_relations=0)(graph.x, graph.edge_index, graph.edge_type)

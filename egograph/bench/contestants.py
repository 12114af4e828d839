"""Who attends over a graph: our attention and layer, and the peers they are measured against."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.nn import GATv2Conv, HGTConv, RGATConv, TransformerConv

from egograph.bench.shapes import RELATIONS, Problem
from egograph.nn import RelationalAttentionConv
from egograph.ops import EdgeLayout, relational_attention

OURS = "egograph"


@dataclass(frozen=True)
class Contestant:
    """One way to attend.

    Attributes:
        name: as tables call it.
        against: with whom it is compared: `core` is attention alone, from query, key and value; `layer` is a layer
            with its projections; `relational layer` is one that knows relations.
        run: gives the output.
        inputs: what it is differentiated by.
    """

    name: str
    against: str
    run: Callable[[], Tensor]
    inputs: tuple[Tensor, ...]

    def forward(self) -> Tensor:
        """The output, without a graph for gradients."""
        with torch.no_grad():
            return self.run()

    def both(self) -> tuple[Tensor | None, ...]:
        """The gradients of all inputs, from an output's gradient of ones."""
        out = self.run()
        return torch.autograd.grad(out, self.inputs, torch.ones_like(out), allow_unused=True)  # HGT has such


def contestants(problem: Problem, layout: EdgeLayout, related: EdgeLayout, compiled: bool) -> Iterator[Contestant]:
    """Everybody who can take the problem; ours first in each comparison.

    Args:
        problem: what to attend over.
        layout: its edges.
        related: its edges with their relations.
        compiled: whether PyG's layers also run under torch.compile.
    """
    yield from _core(problem, layout, compiled)
    yield from _layers(problem, layout, related, compiled)


def _core(problem: Problem, layout: EdgeLayout, compiled: bool) -> Iterator[Contestant]:
    query, key, value = rows = problem.rows
    yield Contestant(OURS, "core", lambda: relational_attention(query, key, value, layout), rows)
    peer = transformer_core(problem)
    yield Contestant("TransformerConv", "core", peer, rows)
    if compiled:
        yield Contestant("TransformerConv, compiled", "core", torch.compile(peer, dynamic=False), rows)
    if problem.shape.nodes <= 4096:
        yield Contestant("masked SDPA", "core", _masked_sdpa(problem), rows)
    if query.is_cuda and problem.shape.nodes <= 4096:
        yield Contestant("FlexAttention", "core", _flex_attention(problem, built=True), rows)
        yield Contestant("FlexAttention, its mask made each time", "core", _flex_attention(problem, built=False), rows)


def transformer_core(problem: Problem) -> Callable[[], Tensor]:
    """What PyG's TransformerConv does once query, key and value are projected."""
    query, key, value = problem.rows
    layer = TransformerConv(problem.heads * problem.dim, problem.dim, problem.heads, root_weight=False)

    def run() -> Tensor:
        out: Tensor = layer.propagate(problem.edge_index, query=query, key=key, value=value, edge_attr=None)
        return out

    return run


def _masked_sdpa(problem: Problem) -> Callable[[], Tensor]:
    allowed = _adjacency(problem)[:, None]

    def run() -> Tensor:
        query, key, value = (_by_graph(problem, x) for x in problem.rows)
        out = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=allowed)
        return out.transpose(1, 2).reshape(problem.grad.shape)

    return run


def _flex_attention(problem: Problem, built: bool) -> Callable[[], Tensor]:
    from torch.nn.attention.flex_attention import BlockMask, create_block_mask, flex_attention

    allowed, nodes = _adjacency(problem), problem.shape.nodes
    attend = torch.compile(flex_attention, dynamic=False)
    make = torch.compile(create_block_mask, dynamic=False)

    def of_pair(graph: Tensor, head: Tensor, receiver: Tensor, sender: Tensor) -> Tensor:
        return allowed[graph, receiver, sender]

    def build() -> BlockMask:
        mask: BlockMask = make(of_pair, problem.shape.graphs, None, nodes, nodes, device=str(allowed.device))
        return mask

    mask = build()

    def run() -> Tensor:
        query, key, value = (_by_graph(problem, x) for x in problem.rows)
        out: Any = attend(query, key, value, block_mask=mask if built else build())
        return out.transpose(1, 2).reshape(problem.grad.shape)

    return run


def _adjacency(problem: Problem) -> Tensor:
    """Whether each pair, receiver by sender, has an edge: bool `[G, P, P]`."""
    nodes = problem.shape.nodes
    sender, receiver = problem.edge_index
    allowed = torch.zeros((problem.shape.graphs, nodes, nodes), dtype=torch.bool, device=sender.device)
    allowed[receiver // nodes, receiver % nodes, sender % nodes] = True
    return allowed


def _by_graph(problem: Problem, rows: Tensor) -> Tensor:
    return rows.view(problem.shape.graphs, problem.shape.nodes, problem.heads, problem.dim).transpose(1, 2)


def _layers(problem: Problem, layout: EdgeLayout, related: EdgeLayout, compiled: bool) -> Iterator[Contestant]:
    heads, dim = problem.heads, problem.dim
    channels = heads * dim
    edge_index, relation = problem.edge_index, problem.relation
    x = problem.rows[0].detach().flatten(1).requires_grad_()
    yield _layer(OURS, "layer", RelationalAttentionConv(channels, channels, heads), x, layout)
    yield _layer(OURS, "relational layer", RelationalAttentionConv(channels, channels, heads, RELATIONS), x, related)
    ways = {"": lambda layer: layer} | ({", compiled": partial(torch.compile, dynamic=False)} if compiled else {})
    for how, way in ways.items():
        one = way(TransformerConv(channels, dim, heads))
        yield _layer(f"TransformerConv layer{how}", "layer", one, x, edge_index)
        one = way(GATv2Conv(channels, dim, heads, add_self_loops=False))
        yield _layer(f"GATv2Conv{how}", "layer", one, x, edge_index)
        one = way(RGATConv(channels, dim, RELATIONS, heads=heads))
        yield _layer(f"RGATConv{how}", "relational layer", one, x, edge_index, relation)
        yield _hgt(f"HGTConv{how}", problem, x, way)


def _layer(name: str, against: str, layer: Any, x: Tensor, *edges: Any) -> Contestant:
    layer = layer.to(x.device, x.dtype)
    return Contestant(name, against, lambda: layer(x, *edges), (x, *layer.parameters()))


def _hgt(name: str, problem: Problem, x: Tensor, way: Callable[[Any], Any]) -> Contestant:
    """HGTConv on one kind of node and as many kinds of edges as there are relations."""
    kinds = [("node", f"relation {r}", "node") for r in range(RELATIONS)]
    channels = problem.heads * problem.dim
    layer = way(HGTConv(channels, channels, (["node"], kinds), problem.heads).to(x.device, x.dtype))
    edges = {kind: problem.edge_index[:, problem.relation == r] for r, kind in enumerate(kinds)}
    return Contestant(name, "relational layer", lambda: layer({"node": x}, edges)["node"], (x, *layer.parameters()))

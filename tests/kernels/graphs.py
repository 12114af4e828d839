"""Graphs that kernels get wrong, and the tensors to try them with."""

from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.kernels.edge_layout import EdgeLayout, Form

HEADS, DIM, RELATIONS = 3, 5, 4


@dataclass(frozen=True)
class Edges:
    """Edges between N nodes, as a user gives them, and the node offsets of a batch of graphs."""

    edge_index: Tensor
    num_nodes: int
    ptr: Tensor | None = None

    def layout(self, relation: Tensor | None = None, form: Form | None = None) -> EdgeLayout:
        return EdgeLayout.from_edge_index(self.edge_index, self.num_nodes, relation, self.ptr, form)


def random_edges(nodes: int, edges: int, seed: int = 0) -> Edges:
    """Edges between any two nodes, some of them more than once."""
    generator = torch.Generator().manual_seed(seed)
    return Edges(torch.randint(nodes, (2, edges), generator=generator), nodes)


def random_graphs(*sizes: int, degree: int = 5, seed: int = 0) -> Edges:
    """A batch of graphs of these sizes; no pair of nodes has two edges, some nodes have none."""
    generator = torch.Generator().manual_seed(seed)
    ptr = torch.tensor([0, *sizes]).cumsum(0)
    found = [torch.zeros(2, 0, dtype=torch.int64)]
    for first, size in zip(ptr.tolist(), sizes, strict=False):
        joined = torch.rand(size, size, generator=generator) < degree / max(size, 1)
        found.append(first + joined.nonzero().t())
    return Edges(torch.cat(found, dim=1), sum(sizes), ptr)


def hub(nodes: int) -> Edges:
    """Every node sends to node 3, and node 3 to every node but itself."""
    spokes, centre = torch.arange(nodes), torch.full((nodes,), 3)
    out = torch.stack([centre, spokes])[:, spokes != 3]
    return Edges(torch.cat([torch.stack([spokes, centre]), out], dim=1), nodes)


AWKWARD: dict[str, Edges] = {
    "no nodes": Edges(torch.zeros(2, 0, dtype=torch.int64), 0),
    "no edges": Edges(torch.zeros(2, 0, dtype=torch.int64), 5),
    "one node, one edge": Edges(torch.tensor([[0], [0]]), 1),
    "isolated nodes": Edges(torch.tensor([[1, 1, 4], [4, 6, 1]]), 9),
    "self-loops": Edges(torch.arange(7).expand(2, 7), 7),
    "repeated edges": Edges(torch.tensor([[0, 1, 0, 0, 2], [1, 1, 1, 1, 0]]), 3),
    "more edges than pairs": random_edges(3, 40),
    "a hub": hub(40),
    "graphs of many sizes": random_graphs(3, 16, 0, 1, 17, 0),
    "graphs of one size": random_graphs(9, 9, 9),
} | {f"{nodes} nodes": random_graphs(nodes) for nodes in (15, 16, 17, 63, 64, 65, 128, 129)}

FORMS: tuple[Form, ...] = ("tile", "csr")


def forms_of(graphs: dict[str, Edges]) -> dict[str, tuple[Edges, Form]]:
    """Each graph in each form that it can take."""
    return {
        f"{name}, {form}": (edges, form) for name, edges in graphs.items() for form in FORMS if takes_form(edges, form)
    }


def takes_form(edges: Edges, form: Form) -> bool:
    """Whether the edges can be laid out so."""
    if form == "csr":
        return True
    pairs = edges.edge_index.unique(dim=1)
    largest = edges.num_nodes if edges.ptr is None else int(edges.ptr.diff().max())
    return 0 < edges.edge_index.shape[1] == pairs.shape[1] and largest <= 128


@dataclass(frozen=True)
class Attention:
    """What relational attention reads, beside the edges."""

    query: Tensor
    key: Tensor
    value: Tensor
    relation_bias: Tensor
    edge_confidence: Tensor
    relation: Tensor
    grad: Tensor

    @property
    def inputs(self) -> list[Tensor]:
        return [self.query, self.key, self.value, self.relation_bias, self.edge_confidence]

    def to(self, dtype: torch.dtype) -> "Attention":
        """The same numbers in another type, as leaves of their own."""
        inputs = [x.detach().to(dtype).requires_grad_() for x in self.inputs]
        return Attention(*inputs, self.relation, self.grad.to(dtype))


def attention_over(edges: Edges, dtype: torch.dtype = torch.float64, heads: int = HEADS, dim: int = DIM) -> Attention:
    """Random tensors for `edges`; a fifth of the confidences are 0."""
    generator = torch.Generator().manual_seed(1)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype).requires_grad_()

    count = edges.edge_index.shape[1]
    confidence = torch.rand(count, generator=generator, dtype=torch.float64)
    confidence[torch.rand(count, generator=generator) < 0.2] = 0
    row = (edges.num_nodes, heads, dim)
    return Attention(
        query=normal(*row),
        key=normal(*row),
        value=normal(*row),
        relation_bias=normal(RELATIONS, heads),
        edge_confidence=confidence.to(dtype).requires_grad_(),
        relation=torch.randint(RELATIONS, (count,), generator=generator),
        grad=normal(*row).detach(),
    )


def relative_error(given: Tensor, wanted: Tensor) -> float:
    """The norm of the difference over the norm of what is wanted; of a vanishing gradient, the difference alone."""
    wanted = wanted.detach().double()
    size = wanted.norm()
    return float((given.detach().double() - wanted).norm() / (size if size > 1e-12 else 1))

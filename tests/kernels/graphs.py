"""Graphs that kernels get wrong, and the tensors to try them with."""

from dataclasses import dataclass

import torch
from torch import Tensor

HEADS, DIM, RELATIONS = 3, 5, 4


@dataclass(frozen=True)
class Edges:
    """Edges between N nodes, as a user gives them."""

    edge_index: Tensor
    num_nodes: int


def random_edges(nodes: int, edges: int, seed: int = 0) -> Edges:
    generator = torch.Generator().manual_seed(seed)
    return Edges(torch.randint(nodes, (2, edges), generator=generator), nodes)


def _hub(nodes: int) -> Edges:
    """Every node sends to node 3, and node 3 to every node."""
    spokes, hub = torch.arange(nodes), torch.full((nodes,), 3)
    return Edges(torch.cat([torch.stack([spokes, hub]), torch.stack([hub, spokes])], dim=1), nodes)


AWKWARD: dict[str, Edges] = {
    "no nodes": Edges(torch.zeros(2, 0, dtype=torch.int64), 0),
    "no edges": Edges(torch.zeros(2, 0, dtype=torch.int64), 5),
    "one node, one edge": Edges(torch.tensor([[0], [0]]), 1),
    "isolated nodes": Edges(torch.tensor([[1, 1, 4], [4, 6, 1]]), 9),
    "self-loops": Edges(torch.arange(7).expand(2, 7), 7),
    "repeated edges": Edges(torch.tensor([[0, 1, 0, 0, 2], [1, 1, 1, 1, 0]]), 3),
    "a hub": _hub(40),
    "17 nodes": random_edges(17, 80),
    "65 nodes": random_edges(65, 300),
}


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
    """The norm of the difference over the norm of what is wanted."""
    wanted = wanted.detach().double()
    return float((given.detach().double() - wanted).norm() / wanted.norm().clamp(min=1e-12))

"""The graphs that attention is timed on."""

from dataclasses import dataclass

import torch
from torch import Tensor

RELATIONS = 7


@dataclass(frozen=True)
class Shape:
    """A batch of equal random graphs.

    Attributes:
        name: graphs x nodes x edges a node; of one large graph, nodes-edges.
        graphs: G; 1 for one large graph, whose edges join any two nodes.
        nodes: of each graph.
        edges: of each graph.
        cuda: whether only a GPU is given it.
    """

    name: str
    graphs: int
    nodes: int
    edges: int
    cuda: bool = False


SHAPES = (
    Shape("1x32x12", 1, 32, 32 * 12),
    Shape("64x16x8", 64, 16, 16 * 8),
    Shape("256x16x8", 256, 16, 16 * 8),
    Shape("64x64x16", 64, 64, 64 * 16),
    Shape("1024x32x12", 1024, 32, 32 * 12),
    Shape("4096x64x16", 4096, 64, 64 * 16),
    Shape("4096-65k", 1, 4096, 65_536),
    Shape("100k-1.6M", 1, 100_000, 1_600_000),
    Shape("1M-16M", 1, 1_000_000, 16_000_000, cuda=True),
)


@dataclass(frozen=True)
class Problem:
    """What attention over one shape reads.

    Attributes:
        shape: of the graphs.
        heads: H.
        dim: D of a head.
        edge_index: int64 `[2, E]`.
        ptr: int64 `[G + 1]`.
        relation: int64 `[E]`, one of seven each.
        rows: query, key and value `[N, H, D]`, leaves that take gradients.
        grad: `[N, H, D]`, the gradient of the output.
    """

    shape: Shape
    heads: int
    dim: int
    edge_index: Tensor
    ptr: Tensor
    relation: Tensor
    rows: tuple[Tensor, ...]
    grad: Tensor

    @property
    def nodes(self) -> int:
        """N, of all graphs."""
        return self.grad.shape[0]

    @property
    def edges(self) -> int:
        """E, of all graphs."""
        return self.edge_index.shape[1]

    @classmethod
    def draw(cls, shape: Shape, heads: int, dim: int, dtype: torch.dtype, device: torch.device) -> "Problem":
        """Random edges and rows, the same every time."""
        generator = torch.Generator().manual_seed(0)
        edge_index = _edges(shape, generator)
        size = (shape.graphs * shape.nodes, heads, dim)
        query, key, value, grad = (torch.randn(size, generator=generator).to(device, dtype) for _ in range(4))
        return cls(
            shape=shape,
            heads=heads,
            dim=dim,
            edge_index=edge_index.to(device),
            ptr=(torch.arange(shape.graphs + 1) * shape.nodes).to(device),
            relation=torch.randint(RELATIONS, edge_index.shape[1:], generator=generator).to(device),
            rows=(query.requires_grad_(), key.requires_grad_(), value.requires_grad_()),
            grad=grad,
        )


def _edges(shape: Shape, generator: torch.Generator) -> Tensor:
    """Small graphs: each node has equally many different senders. One large graph: edges between any two nodes."""
    if shape.graphs == 1 and shape.nodes > 128:
        return torch.randint(shape.nodes, (2, shape.edges), generator=generator)
    degree = shape.edges // shape.nodes
    chosen = torch.rand(shape.graphs, shape.nodes, shape.nodes, generator=generator).topk(degree).indices
    first = torch.arange(shape.graphs)[:, None, None] * shape.nodes
    receiver = (first + torch.arange(shape.nodes)[None, :, None]).expand_as(chosen)
    return torch.stack([(chosen + first).flatten(), receiver.flatten()])

"""The layer: relational attention with PyG's calling conventions."""

import torch
from torch import Tensor, nn

from egograph.ops import EdgeLayout, relational_attention


class RelationalAttentionConv(nn.Module):
    r"""Attention over a node's incoming edges, weighted by relation and by edge confidence.

    .. math::
        x'_i = W_o \sum_j \operatorname{softmax}_j\left(\frac{q_i \cdot k_j}{\sqrt{D}} + b_{r_{ij}} + \log c_{ij}
        \right) v_j + W_r x_i

    With neither relations nor confidence this is `torch_geometric.nn.TransformerConv` (arXiv 2009.03509) with an output
    projection; the relation bias is Graphormer's (arXiv 2106.05234), by relation and head.

    Args:
        in_channels: channels of the nodes.
        out_channels: channels of the result, a multiple of `heads`.
        heads: attention heads `H`.
        num_relations: relations `R`, 0 for none.
    """

    def __init__(self, in_channels: int, out_channels: int, heads: int = 4, num_relations: int = 0) -> None:
        super().__init__()
        if heads < 1 or out_channels % heads:
            raise ValueError(f"out_channels {out_channels} is no multiple of heads {heads}; choose one that is")
        self.in_channels, self.out_channels, self.heads = in_channels, out_channels, heads
        self.project = nn.Linear(in_channels, 3 * out_channels)
        self.output = nn.Linear(out_channels, out_channels)
        self.root = nn.Linear(in_channels, out_channels)
        self.relation_bias = nn.Parameter(torch.zeros(num_relations, heads)) if num_relations else None

    def reset_parameters(self) -> None:
        """Draw the weights anew."""
        for linear in (self.project, self.output, self.root):
            linear.reset_parameters()
        if self.relation_bias is not None:
            nn.init.zeros_(self.relation_bias)

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor | EdgeLayout,
        edge_type: Tensor | None = None,
        edge_weight: Tensor | None = None,
    ) -> Tensor:
        """Pass messages between nodes `[N, in_channels]`; the result is `[N, out_channels]`.

        Args:
            x: node features.
            edge_index: int64 `[2, E]`, or a layout, which holds the relations: made once for several layers, or of a
                batch of small graphs with `EdgeLayout.from_edge_index(…, ptr=batch.ptr)`, which attends faster.
            edge_type: int64 `[E]`, relations; needed with `num_relations` and without a layout.
            edge_weight: `[E]`, confidences in 0..1.

        Raises:
            ValueError: the edges don't fit the nodes, or edge_type is missing or one too many.
        """
        layout = self._layout(edge_index, edge_type, x.shape[0])
        query, key, value = self.project(x).view(-1, 3, self.heads, self.out_channels // self.heads).unbind(1)
        message = relational_attention(
            query, key, value, layout, relation_bias=self.relation_bias, edge_confidence=edge_weight
        )
        return self.output(message.flatten(1)) + self.root(x)

    def __repr__(self) -> str:
        relations = 0 if self.relation_bias is None else self.relation_bias.shape[0]
        sizes = f"{self.in_channels}, {self.out_channels}, heads={self.heads}, num_relations={relations}"
        return f"{type(self).__name__}({sizes})"

    def _layout(self, edge_index: Tensor | EdgeLayout, edge_type: Tensor | None, num_nodes: int) -> EdgeLayout:
        if isinstance(edge_index, EdgeLayout):
            if edge_type is not None:
                raise ValueError("edge_type: the layout holds the relations; give edge_type or a layout, not both")
            return edge_index
        if edge_type is not None and self.relation_bias is None:
            raise ValueError("edge_type: the layer has no relations; make it with num_relations=, or give no edge_type")
        if edge_type is None and self.relation_bias is not None:
            relations = self.relation_bias.shape[0]
            raise ValueError(f"edge_type: none; the layer has {relations} relations, give that of each edge, [E]")
        return EdgeLayout.from_edge_index(edge_index, num_nodes, relation=edge_type)

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
        if out_channels % heads:
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
            edge_index: int64 `[2, E]`, or a layout made once for several layers (it holds the relations then).
            edge_type: int64 `[E]`, relations.
            edge_weight: `[E]`, confidences in 0..1.
        """
        layout = (
            edge_index
            if isinstance(edge_index, EdgeLayout)
            else EdgeLayout.from_edge_index(edge_index, x.shape[0], relation=edge_type)
        )
        query, key, value = self.project(x).view(-1, 3, self.heads, self.out_channels // self.heads).unbind(1)
        message = relational_attention(
            query, key, value, layout, relation_bias=self.relation_bias, edge_confidence=edge_weight
        )
        return self.output(message.flatten(1)) + self.root(x)

    def extra_repr(self) -> str:
        """Sizes, as PyG prints them."""
        relations = 0 if self.relation_bias is None else self.relation_bias.shape[0]
        return f"{self.in_channels}, {self.out_channels}, heads={self.heads}, num_relations={relations}"

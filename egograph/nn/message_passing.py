"""Message passing over the inferred graph: a few relational attention layers."""

from dataclasses import dataclass

from torch import Tensor, nn

from egograph.graph.scene_graph import INFERRED, SceneGraph
from egograph.nn.relational_attention_conv import RelationalAttentionConv
from egograph.ops import EdgeLayout


@dataclass(frozen=True)
class MessagePassingConfig:
    """Size of the message passing.

    Attributes:
        layers: relational attention layers.
        heads: attention heads.
    """

    layers: int = 2
    heads: int = 4


class MessagePassing(nn.Module):
    """Pre-norm residual layers: relational attention, then a two-layer perceptron."""

    def __init__(self, config: MessagePassingConfig, dim: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(_Layer(config, dim) for _ in range(config.layers))
        self.norm = nn.LayerNorm(dim)

    def forward(self, state: Tensor, graph: SceneGraph) -> Tensor:
        """Update node states `[N, D]`."""
        layout = EdgeLayout.from_edge_index(
            graph.edge_index, len(graph.nodes), relation=graph.relation, ptr=graph.nodes.ptr
        )
        for layer in self.layers:
            state = layer(state, layout, graph.confidence)
        return self.norm(state)


class _Layer(nn.Module):
    def __init__(self, config: MessagePassingConfig, dim: int) -> None:
        super().__init__()
        self.attend_norm = nn.LayerNorm(dim)
        self.attend = RelationalAttentionConv(dim, dim, config.heads, num_relations=len(INFERRED))
        self.mix_norm = nn.LayerNorm(dim)
        self.mix = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, state: Tensor, layout: EdgeLayout, confidence: Tensor) -> Tensor:
        state = state + self.attend(self.attend_norm(state), layout, edge_weight=confidence)
        return state + self.mix(self.mix_norm(state))

"""Message passing over the inferred graph: a few relational attention layers."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from egograph.graph.scene_graph import SceneGraph
from egograph.nn.message_layers import LayerName, message_inputs, message_layer
from egograph.ranges import at_least


@dataclass(frozen=True)
class MessagePassingConfig:
    """Size of the message passing.

    Attributes:
        layers: how many.
        heads: attention heads.
        layer: RelationalAttentionConv; or to compare with it PyG's TransformerConv, GATv2Conv or HGTConv, or none: no
            node hears of another.

    Raises:
        ValueError: a value is out of its range.
    """

    layers: int = 2
    heads: int = 4
    layer: LayerName = "RelationalAttentionConv"

    def __post_init__(self) -> None:
        at_least(self, 1, "layers", "heads")


class MessagePassing(nn.Module):
    """Pre-norm residual layers: attention over the edges, then a two-layer perceptron."""

    def __init__(self, config: MessagePassingConfig, dim: int) -> None:
        super().__init__()
        self.name = config.layer
        self.layers = nn.ModuleList(_Layer(config, dim) for _ in range(config.layers))
        self.norm = nn.LayerNorm(dim)

    def forward(self, state: Tensor, graph: SceneGraph) -> Tensor:
        """Update node states `[N, D]`."""
        inputs = message_inputs(self.name, graph)
        for layer in self.layers:
            state = layer(state, inputs)
        return self.norm(state)


class _Layer(nn.Module):
    def __init__(self, config: MessagePassingConfig, dim: int) -> None:
        super().__init__()
        self.attend_norm = nn.LayerNorm(dim)
        self.attend = message_layer(config.layer, dim, config.heads)
        self.mix_norm = nn.LayerNorm(dim)
        self.mix = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, state: Tensor, inputs: dict[str, Any]) -> Tensor:
        state = state + self.attend(self.attend_norm(state), **inputs)
        return state + self.mix(self.mix_norm(state))

"""The causal temporal head: frame tokens in, one clip's logits out, with a state of fixed size."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class TemporalHeadConfig:
    """Size of the temporal head.

    Attributes:
        hidden: channels `H` of the recurrent state.
        layers: recurrent layers `L`.
        dropout: share of the clip token's channels that training drops.
    """

    hidden: int = 192
    layers: int = 1
    dropout: float = 0.3


@dataclass(frozen=True)
class ActionLogits:
    """What is known of the action in `G` clips.

    Attributes:
        verb: `[G, V]`.
        noun: `[G, C]`.
        acting: `[G]`, the logit that any action goes on.
    """

    verb: Tensor
    noun: Tensor
    acting: Tensor


class TemporalHead(nn.Module):
    """A GRU over frame tokens, after MiniROAD (ICCV 2023); a clip's logits come from all its frames' states.

    Args:
        config: size.
        dim: channels `D` of a frame token.
        verbs: verb classes `V`.
        nouns: noun classes `C`.
    """

    def __init__(self, config: TemporalHeadConfig, dim: int, verbs: int, nouns: int) -> None:
        super().__init__()
        self.config = config
        self.cells = nn.ModuleList(
            nn.GRUCell(dim if layer == 0 else config.hidden, config.hidden) for layer in range(config.layers)
        )
        self.attend = nn.Linear(config.hidden, 1)
        self.norm = nn.LayerNorm(2 * config.hidden)
        self.dropout = nn.Dropout(config.dropout)
        self.verb = nn.Linear(2 * config.hidden, verbs)
        self.noun = nn.Linear(2 * config.hidden, nouns)
        self.acting = nn.Linear(2 * config.hidden, 1)

    def forward(self, token: Tensor, valid: Tensor, hidden: Tensor) -> tuple[ActionLogits, Tensor]:
        """Read one clip of each of `G` streams.

        Args:
            token: frame tokens `[G, T, D]`.
            valid: bool `[G, T]`; a padded frame changes nothing.
            hidden: `[G, L, H]`, the state before the clip.

        Returns:
            The clips' logits and the state after them.
        """
        states = []
        for frame in range(token.shape[1]):
            real = valid[:, frame, None]
            below, layers = token[:, frame], []
            for layer, cell in enumerate(self.cells):
                old = hidden[:, layer]
                below = torch.where(real, cell(below, old), old)
                layers.append(below)
            hidden = torch.stack(layers, dim=1)
            states.append(below)
        state = torch.stack(states, dim=1)
        weight = self.attend(state).squeeze(-1).masked_fill(~valid, -torch.inf).softmax(dim=1)
        clip = torch.cat([(weight[..., None] * state).sum(dim=1), hidden[:, -1]], dim=-1)
        clip = self.dropout(self.norm(clip))
        return ActionLogits(self.verb(clip), self.noun(clip), self.acting(clip).squeeze(-1)), hidden

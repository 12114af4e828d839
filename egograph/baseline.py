"""The control: the same encoder and temporal head, without nodes and without graph."""

import torch
from torch import Tensor, nn

from egograph.data.classes import Vocabulary
from egograph.encoders.encoder import Encoder
from egograph.nn.temporal_head import ActionLogits, TemporalHead, TemporalHeadConfig
from egograph.nodes.proposals import patch_centres


class FramePool(nn.Module):
    """Attention pooling of a frame's patch tokens: a few learned queries look at them, and make one token.

    Args:
        encoder_dim: channels of a patch token.
        dim: channels `D` of a frame token.
        queries: learned queries.
    """

    def __init__(self, encoder_dim: int, dim: int, queries: int) -> None:
        super().__init__()
        self.queries = nn.Parameter(torch.randn(1, queries, dim) * 0.02)
        self.memory = nn.Linear(encoder_dim, dim)
        self.position = nn.Sequential(nn.Linear(2, dim), nn.GELU(), nn.Linear(dim, dim))
        self.layers = nn.ModuleList(
            nn.TransformerDecoderLayer(dim, 4, 2 * dim, 0.0, "gelu", batch_first=True, norm_first=True)
            for _ in range(2)
        )
        self.token = nn.Sequential(
            nn.LayerNorm(queries * dim), nn.Linear(queries * dim, dim), nn.GELU(), nn.Linear(dim, dim)
        )

    def forward(self, patches: Tensor) -> Tensor:
        """Frame tokens `[F, D]` of patch tokens `[F, h, w, C]`."""
        centres = patch_centres(patches.shape[1], patches.shape[2], self.queries)
        memory = (self.memory(patches) + self.position(centres)).flatten(1, 2)
        state = self.queries.expand(len(patches), -1, -1)
        for layer in self.layers:
            state = layer(state, memory)
        return self.token(state.flatten(1)).float()


class FrameBaseline(nn.Module):
    """Attention pooling turns each frame's patch tokens into a frame token; the temporal head reads those.

    Args:
        encoder: gives the patch tokens.
        vocabulary: verbs and nouns.
        config: the temporal head's size.
        dim: channels of a frame token.
        queries: learned queries of the pooling.
    """

    def __init__(
        self,
        encoder: Encoder,
        vocabulary: Vocabulary,
        config: TemporalHeadConfig | None = None,
        dim: int = 128,
        queries: int = 8,
    ) -> None:
        super().__init__()
        self.encoder, self.vocabulary = encoder, vocabulary
        self.pool = FramePool(encoder.dim, dim, queries)
        self.head = TemporalHead(config or TemporalHeadConfig(), dim, len(vocabulary.verbs), len(vocabulary.nouns))

    def start(self, streams: int) -> Tensor:
        """The temporal head's state `[G, L, H]` before the first clip."""
        config = self.head.config
        return torch.zeros(streams, config.layers, config.hidden, device=self.pool.queries.device)

    def frame_tokens(self, pixels: Tensor) -> Tensor:
        """Frame tokens `[F, D]` of pixels uint8 `[F, h, w, 3]`."""
        return self.pool(self.encoder(pixels).tokens)

    def forward(self, tokens: Tensor, valid: Tensor, hidden: Tensor) -> tuple[ActionLogits, Tensor]:
        """Recognise one clip of each of `G` streams from its frame tokens `[G, T, D]`; see `TemporalHead.forward`."""
        return self.head(tokens, valid, hidden)

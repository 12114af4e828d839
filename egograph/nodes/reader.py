"""Reads patch tokens at given boxes: better boxes, presence, noun, and which hand touches what."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from egograph.nodes.box import area, centre_size, intersection
from egograph.nodes.proposals import patch_centres
from egograph.ops import pool_regions


@dataclass(frozen=True)
class Reading:
    """What was read at `R = 2 + K` boxes (left hand, right hand, `K` objects) and of the scene, in `F` frames.

    Attributes:
        feature: `[F, R + 1, D]`, the scene last.
        box: `[F, R, 4]`, xyxy in 0..1.
        score: logits `[F, R]` that the hand or object is there.
        noun: logits `[F, R, C]`.
        contact: logits `[F, 2, K + 1]`: what the left and the right hand touch; the last entry is nothing.
    """

    feature: Tensor
    box: Tensor
    score: Tensor
    noun: Tensor
    contact: Tensor


class BoxReader(nn.Module):
    """Queries at boxes and one for the scene; they look at each other and at the frame's patch tokens.

    Args:
        patch_dim: channels of the patch tokens.
        dim: channels `D` of the nodes.
        nouns: number of noun classes `C`.
        layers: decoder layers.
        heads: attention heads.
    """

    def __init__(self, patch_dim: int, dim: int, nouns: int, layers: int = 2, heads: int = 4) -> None:
        super().__init__()
        self.kind = nn.Parameter(torch.randn(4, dim) * 0.02)
        self.region = nn.Linear(patch_dim, dim)
        self.place = nn.Sequential(nn.Linear(4, dim), nn.GELU(), nn.Linear(dim, dim))
        self.memory = nn.Linear(patch_dim, dim)
        self.position = nn.Sequential(nn.Linear(2, dim), nn.GELU(), nn.Linear(dim, dim))
        self.summary = nn.Linear(patch_dim, dim)
        self.layers = nn.ModuleList(
            nn.TransformerDecoderLayer(dim, heads, 2 * dim, 0.0, "gelu", batch_first=True, norm_first=True)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(dim)
        self.box = nn.Linear(dim, 4)
        nn.init.zeros_(self.box.weight)
        nn.init.zeros_(self.box.bias)
        self.score = nn.Linear(dim, 1)
        self.noun = nn.Linear(dim, nouns)
        self.touching = nn.Linear(dim, dim)
        self.touched = nn.Linear(dim, dim)
        self.pair = nn.Sequential(nn.Linear(_PAIR_FEATURES, 32), nn.GELU(), nn.Linear(32, 1))
        self.free = nn.Linear(dim, 1)

    def forward(self, tokens: Tensor, summary: Tensor, box: Tensor) -> Reading:
        """Read patch tokens `[F, h, w, Dp]` and the global token `[F, Dp]` at boxes `[F, R, 4]`."""
        frames, height, width, _ = tokens.shape
        reads = box.shape[1]
        frame = torch.arange(frames, device=tokens.device).repeat_interleave(reads)
        region = pool_regions(tokens, box.flatten(0, 1), frame).unflatten(0, (frames, reads))
        kinds = torch.cat([self.kind[:2], self.kind[2:3].expand(reads - 2, -1)])
        query = self.region(region) + self.place(centre_size(box)) + kinds
        scene = (self.summary(summary) + self.kind[3]).unsqueeze(1)
        memory = self.memory(tokens) + self.position(patch_centres(height, width, box))
        state = torch.cat([query, scene], dim=1)
        for layer in self.layers:
            state = layer(state, memory.flatten(1, 2))
        state = self.norm(state).float()
        read = state[:, :reads]
        refined = _refine(box, self.box(read).float())
        return Reading(
            feature=state,
            box=refined,
            score=self.score(read).squeeze(-1).float(),
            noun=self.noun(read).float(),
            contact=self._contact(read, refined.detach()).float(),
        )

    def _contact(self, read: Tensor, box: Tensor) -> Tensor:
        hand, thing = read[:, :2], read[:, 2:]
        likeness = self.touching(hand) @ self.touched(thing).mT / hand.shape[-1] ** 0.5
        geometry = self.pair(_pair_geometry(box[:, :2, None], box[:, None, 2:])).squeeze(-1)
        return torch.cat([likeness + geometry, self.free(hand)], dim=-1)


_PAIR_FEATURES = 8


def _pair_geometry(hand: Tensor, thing: Tensor) -> Tensor:
    """Where a thing lies relative to a hand, `[..., 8]`, for boxes that broadcast against each other."""
    first, second = centre_size(hand), centre_size(thing)
    offset = (second[..., :2] - first[..., :2]) / first[..., 2:].clamp(min=0.02)
    ratio = (second[..., 2:].clamp(min=0.01) / first[..., 2:].clamp(min=0.01)).log()
    shared = intersection(hand, thing)
    cover = [shared / area(hand).clamp(min=1e-4), shared / area(thing).clamp(min=1e-4)]
    return torch.cat(
        [
            offset.clamp(-4, 4),
            offset.abs().clamp(max=4),
            ratio.clamp(-3, 3),
            torch.stack(cover, -1).clamp(max=1),
        ],
        -1,
    )


def _refine(box: Tensor, delta: Tensor) -> Tensor:
    """Move each side of a box by a part of the box's size."""
    size = (box[..., 2:] - box[..., :2]).clamp(min=0.02)
    moved = box + delta.clamp(-1, 1) * torch.cat([size, size], dim=-1)
    return moved.clamp(0, 1)

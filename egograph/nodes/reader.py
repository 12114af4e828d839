"""Reads patch tokens at given boxes: better boxes, presence, noun, and which hand touches what."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from egograph.nodes.box import area, centre_size, intersection
from egograph.ops import pool_regions

_PARTS = 4  # along each side of a box
_AROUND = 1.5  # how much larger than the box is what is looked at
_SCENE_PARTS = 3  # along each side of the frame
_PAIR_FEATURES = 8


@dataclass(frozen=True)
class Reading:
    """What was read at `R = 2 + K` boxes (left hand, right hand, `K` objects) and of the scene, in `F` frames.

    Attributes:
        feature: `[F, R + 1, D]`, the scene last.
        boxes: `[F, L, R, 4]`, xyxy in 0..1, as they were after each of `L` layers.
        score: logits `[F, R]` that the hand or object is there.
        noun: logits `[F, R, C]`.
        contact: logits `[F, 2, K + 1]`: what the left and the right hand touch; the last entry is nothing.
    """

    feature: Tensor
    boxes: Tensor
    score: Tensor
    noun: Tensor
    contact: Tensor

    @property
    def box(self) -> Tensor:
        """The boxes `[F, R, 4]` after the last layer."""
        return self.boxes[:, -1]


class BoxReader(nn.Module):
    """Queries at boxes and one for the scene, which read the patch tokens and look at each other.

    Each layer begins with a close look at what is in and around its boxes, part by part, and ends with better boxes for
    the next, after Cascade R-CNN (arXiv 1712.00726) and Sparse R-CNN (arXiv 2011.12450).

    Args:
        patch_dim: channels of the patch tokens.
        dim: channels `D` of the nodes.
        nouns: number of noun classes `C`.
        layers: looks at the boxes.
        heads: attention heads.
    """

    def __init__(self, patch_dim: int, dim: int, nouns: int, layers: int = 2, heads: int = 4) -> None:
        super().__init__()
        self.kind = nn.Parameter(torch.randn(4, dim) * 0.02)
        self.regions = nn.ModuleList(nn.Linear(_PARTS**2 * patch_dim, dim) for _ in range(layers))
        self.place = nn.Sequential(nn.Linear(4, dim), nn.GELU(), nn.Linear(dim, dim))
        self.summary = nn.Linear((_SCENE_PARTS**2 + 1) * patch_dim, dim)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(dim, heads, 2 * dim, 0.0, "gelu", batch_first=True, norm_first=True)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(dim)
        self.box_delta = nn.ModuleList(nn.Linear(dim, 4) for _ in range(layers))
        for parameter in self.box_delta.parameters():
            nn.init.zeros_(parameter)
        self.score = nn.Linear(dim, 1)
        self.noun = nn.Linear(dim, nouns)
        self.touching = nn.Linear(dim, dim)
        self.touched = nn.Linear(dim, dim)
        self.pair = nn.Sequential(nn.Linear(_PAIR_FEATURES, 32), nn.GELU(), nn.Linear(32, 1))
        self.free = nn.Linear(dim, 1)

    def forward(self, tokens: Tensor, summary: Tensor, box: Tensor) -> Reading:
        """Read patch tokens `[F, h, w, Dp]` and the global token `[F, Dp]` at boxes `[F, R, 4]`."""
        kinds = torch.cat([self.kind[:2], self.kind[2:3].expand(box.shape[1] - 2, -1)])
        read, scene = kinds.expand(len(box), -1, -1), self._scene(tokens, summary)
        boxes = []
        for region, layer, delta in zip(self.regions, self.layers, self.box_delta, strict=True):
            seen = region(_look(tokens, box)) + self.place(centre_size(box))
            state = layer(torch.cat([read + seen, scene], dim=1))
            read, scene = state[:, :-1], state[:, -1:]
            boxes.append(_refine(box, delta(self.norm(read)).float()))
            box = boxes[-1].detach()
        state = self.norm(state).float()
        read = state[:, :-1]
        return Reading(
            feature=state,
            boxes=torch.stack(boxes, dim=1),
            score=self.score(read).squeeze(-1).float(),
            noun=self.noun(read).float(),
            contact=self._contact(read, box).float(),
        )

    def _scene(self, tokens: Tensor, summary: Tensor) -> Tensor:
        """The scene's query `[F, 1, D]`: the frame as a whole and its parts."""
        parts = F.adaptive_avg_pool2d(tokens.permute(0, 3, 1, 2), _SCENE_PARTS).flatten(1)
        return (self.summary(torch.cat([summary, parts], dim=-1)) + self.kind[3]).unsqueeze(1)

    def _contact(self, read: Tensor, box: Tensor) -> Tensor:
        hand, thing = read[:, :2], read[:, 2:]
        likeness = self.touching(hand) @ self.touched(thing).mT / hand.shape[-1] ** 0.5
        geometry = self.pair(_pair_geometry(box[:, :2, None], box[:, None, 2:])).squeeze(-1)
        return torch.cat([likeness + geometry, self.free(hand)], dim=-1)


def _look(tokens: Tensor, box: Tensor) -> Tensor:
    """What is in the parts of boxes `[F, R, 4]` and around them: `[F, R, parts² · Dp]`, row by row."""
    middle, size = (half[:, :, None] for half in centre_size(box).split(2, dim=-1))
    step = torch.arange(_PARTS, device=box.device) / _PARTS - 0.5
    offset = torch.stack([step.repeat(_PARTS), step.repeat_interleave(_PARTS)], dim=-1)
    corner = middle + _AROUND * size * offset
    part = torch.cat([corner, corner + _AROUND * size / _PARTS], dim=-1)
    frame = torch.arange(len(box), device=box.device).repeat_interleave(part.shape[1] * _PARTS**2)
    return pool_regions(tokens, part.flatten(0, 2), frame).view(*box.shape[:2], -1)


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

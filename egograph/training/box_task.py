"""The first stage: encoder and node extractor, from annotated frames."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from egograph.encoders.precision import mixed_precision
from egograph.model import EgoGraph
from egograph.training.augment import Look, augment
from egograph.training.detection_loss import BoxTruth, detection_losses
from egograph.training.frame_store import FrameStore
from egograph.training.truth import VideoTruth


@dataclass(frozen=True)
class AnnotatedFrames:
    """Draws single annotated frames, each from a random video and in a random look."""

    store: FrameStore
    truths: Sequence[VideoTruth]

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Tensor, BoxTruth]:
        """Pixels uint8 `[size, h, w, 3]` and their truth."""
        rows = [self._one(rng) for _ in range(size)]
        pixels, box, kind, noun, touches = (torch.cat(column) for column in zip(*rows, strict=True))
        return pixels, BoxTruth(box, kind, noun, touches)

    def _one(self, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        video = int(rng.integers(len(self.truths)))
        truth = self.truths[video]
        tick = int(rng.choice(np.flatnonzero(truth.annotated)))
        pixels = torch.from_numpy(self.store.pixels[self.store.offset[video] + tick][None].copy())
        box, kind, noun, touches = (
            torch.from_numpy(getattr(truth, name)[tick][None]) for name in ("box", "kind", "noun", "touches")
        )
        pixels, box, kind, touches = augment(pixels, box, kind, touches, Look.draw(rng))
        return pixels, box, kind, noun, touches


class BoxTask:
    """Trains encoder and extractor to find and read hands, objects and contacts.

    Args:
        model: the whole model.
        data: draws the frames.
        size: frames a step.
    """

    name = "boxes"

    def __init__(self, model: EgoGraph, data: AnnotatedFrames, size: int) -> None:
        self.model, self.data, self.size = model, data, size
        self.module: nn.Module = nn.ModuleList([model.encoder, model.extractor])

    def losses(self, rng: np.random.Generator) -> dict[str, Tensor]:
        """Detection losses of freshly drawn frames."""
        pixels, truth = self.data.draw(self.size, rng)
        with mixed_precision(self.model.device):
            extraction = self.model.extractor(self.model.encoder(pixels))
        return detection_losses(extraction, truth)

"""Trains the recogniser of segments."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from egograph.data.segment_table import SegmentTable
from egograph.encoders.precision import mixed_precision
from egograph.nn.segment_recogniser import SegmentRecogniser
from egograph.training.segment_augment import SegmentLooks, augment_segments

_SMOOTHING = 0.1
_SHELF = 6  # batches' worth of segments, from which those of like size are taken


@dataclass
class SegmentTask:
    """One stage: segments with their verb, noun and pair.

    Attributes:
        module: what is trained.
        table: the training segments.
        size: segments a step.
        looks: augmentation.
    """

    module: nn.Module
    table: SegmentTable
    size: int
    looks: SegmentLooks
    name: str = "segments"

    def draw(self, rng: np.random.Generator) -> SegmentTable:
        """A batch of segments with about as many nodes each, in random looks."""
        count = min(len(self.table), _SHELF * self.size)
        count -= count % self.size if count > self.size else 0
        drawn = torch.from_numpy(rng.choice(len(self.table), count, replace=False))
        drawn = drawn[self.table.present[drawn].sum(1).argsort()]
        first = self.size * int(rng.integers(max(1, count // self.size)))
        return augment_segments(self.table.take(drawn[first : first + self.size]), self.looks)

    def losses(self, batch: SegmentTable) -> dict[str, Tensor]:
        """Cross-entropies of verb and noun, each summed over all pairs, and of the pair."""
        model = self.module
        assert isinstance(model, SegmentRecogniser)
        with mixed_precision(batch.kind.device):
            seen = model(batch)
        verb, noun = model.prior(seen.verb, seen.noun)
        return {
            "verb": _smoothed(verb, batch.verb),
            "noun": _smoothed(noun, batch.target),
            "pair": model.prior.pair_loss(seen.verb, seen.noun, batch.verb, batch.target),
        }


def _smoothed(log_probability: Tensor, target: Tensor) -> Tensor:
    right = log_probability.gather(1, target[:, None]).mean()
    return -(1 - _SMOOTHING) * right - _SMOOTHING * log_probability.mean()

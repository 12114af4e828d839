"""From logits to a confidence that means what it says, and to a decision to abstain."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from egograph.nn.temporal_head import ActionLogits


@dataclass(frozen=True)
class Judgement:
    """The probabilities of `G` clips.

    Attributes:
        verb: `[G, V]`, tempered (Guo et al., arXiv 1706.04599).
        noun: `[G, C]`, tempered.
        confidence: `[G]`, the probability that an action goes on, that its likeliest pair is right, and that the
            scene is of a kind that the model was trained on.
        abstain: bool `[G]`.
    """

    verb: Tensor
    noun: Tensor
    confidence: Tensor
    abstain: Tensor


class Calibration(nn.Module):
    """Temperatures, the look of familiar scenes, and a threshold; fitted after training, on clips held out from it.

    A scene is familiar as far as its summary lies near the Gaussian of the training clips' summaries (Mahalanobis
    distance, Lee et al., arXiv 1807.03888). Before it is fitted, everything is abstained from.

    Args:
        dim: channels `D` of a clip's summary.
    """

    verb_temperature: Tensor
    noun_temperature: Tensor
    centre: Tensor
    whitening: Tensor
    near: Tensor
    far: Tensor
    threshold: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        for name, start in (
            ("verb_temperature", torch.tensor(1.0)),
            ("noun_temperature", torch.tensor(1.0)),
            ("centre", torch.zeros(dim)),
            ("whitening", torch.eye(dim)),
            ("near", torch.tensor(0.0)),
            ("far", torch.tensor(1.0)),
            ("threshold", torch.tensor(2.0)),
        ):
            self.register_buffer(name, start)

    @property
    def fitted(self) -> bool:
        """Whether `fit` has been called on this calibration or on the one it was loaded from."""
        return float(self.threshold) <= 1

    def forward(self, logits: ActionLogits, summary: Tensor) -> Judgement:
        """Judge clips by their logits and summaries `[G, D]`."""
        verb = (logits.verb / self.verb_temperature).softmax(dim=-1)
        noun = (logits.noun / self.noun_temperature).softmax(dim=-1)
        pair = verb.amax(dim=-1) * noun.amax(dim=-1)
        confidence = pair * logits.acting.sigmoid() * self.familiarity(summary)
        return Judgement(verb, noun, confidence, confidence < self.threshold)

    def distance(self, summary: Tensor) -> Tensor:
        """Mahalanobis distances `[G]` of summaries `[G, D]` from the training clips."""
        return ((summary - self.centre) @ self.whitening).norm(dim=-1)

    def familiarity(self, summary: Tensor) -> Tensor:
        """1 up to the distance of nearly all held-out clips, falling to 0 at twice the margin beyond."""
        return 1 - ((self.distance(summary) - self.near) / (self.far - self.near)).clamp(0, 1)

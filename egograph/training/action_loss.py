"""How far the recognised actions are from the labelled ones."""

import torch
import torch.nn.functional as F
from torch import Tensor

from egograph.nn.temporal_head import ActionLogits
from egograph.training.windows import ActionTruth

_SMOOTHING = 0.05


def action_losses(logits: ActionLogits, truth: ActionTruth) -> dict[str, Tensor]:
    """Cross-entropies of verb and noun inside actions, and of whether any action goes on, by name."""
    inside = (truth.verb >= 0) & (truth.noun >= 0)
    sure = truth.acting >= 0
    acting = F.binary_cross_entropy_with_logits(logits.acting[sure], truth.acting[sure].float(), reduction="none")
    return {
        "verb": _class_loss(logits.verb[inside], truth.verb[inside]),
        "noun": _class_loss(logits.noun[inside], truth.noun[inside]),
        "acting": _mean(acting),
    }


def _class_loss(logits: Tensor, target: Tensor) -> Tensor:
    return _mean(F.cross_entropy(logits, target, reduction="none", label_smoothing=_SMOOTHING))


def _mean(losses: Tensor) -> Tensor:
    """The mean, 0 where there is nothing to take it of."""
    return losses.sum() / max(1, losses.numel())


def stack_logits(clips: list[ActionLogits]) -> ActionLogits:
    """The logits of `S` clips of `B` streams, `[S, B, …]`."""
    return ActionLogits(*(torch.stack([getattr(clip, name) for clip in clips]) for name in ("verb", "noun", "acting")))

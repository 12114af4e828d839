"""Fits a model's calibration on clips held out from training."""

import torch
from torch import Tensor

from egograph.evaluation.score import ClipTable
from egograph.model import EgoGraph

_FAMILIAR = 0.98
_WANTED_ACCURACY = 0.95
_SHRINKAGE = 0.05


def calibrate(model: EgoGraph, trained: Tensor, table: ClipTable) -> None:
    """Set temperatures, familiarity and threshold.

    The temperatures minimise the cross-entropy inside actions. The Gaussian of familiar scenes is that of the training
    clips; its margin is the distance that 98 % of the held-out clips keep. The threshold is the least confidence
    above which 95 % of the labels given are right, a clip outside any action counting as wrong.

    Args:
        model: whose calibration is set.
        trained: `[N, D]`, the scene summaries of the clips that the model was trained on.
        table: clips that it was not trained on.
    """
    calibration = model.calibration
    inside = (table.verb >= 0) & (table.noun >= 0)
    calibration.verb_temperature.copy_(_temperature(table.logits.verb[inside], table.verb[inside]))
    calibration.noun_temperature.copy_(_temperature(table.logits.noun[inside], table.noun[inside]))
    centre = trained.mean(dim=0)
    covariance = torch.cov(trained.T)
    covariance = covariance + _SHRINKAGE * covariance.diagonal().mean() * torch.eye(len(covariance))
    values, vectors = torch.linalg.eigh(covariance)
    calibration.centre.copy_(centre)
    calibration.whitening.copy_(vectors / values.sqrt())
    distance = calibration.distance(table.summary)
    near = distance.quantile(_FAMILIAR)
    calibration.near.copy_(near)
    calibration.far.copy_(near + 2 * (near - distance.median()))
    judgement = calibration(table.logits, table.summary)
    right = inside & (judgement.verb.argmax(-1) == table.verb) & (judgement.noun.argmax(-1) == table.noun)
    sure = table.acting >= 0
    calibration.threshold.copy_(_threshold(judgement.confidence[sure], right[sure]))


def _temperature(logits: Tensor, target: Tensor) -> Tensor:
    grid = torch.logspace(-1, 1, 81)
    losses = torch.stack([torch.nn.functional.cross_entropy(logits / t, target) for t in grid])
    return grid[losses.argmin()]


def _threshold(confidence: Tensor, right: Tensor) -> Tensor:
    """The least confidence such that the labels at or above it are right as often as wanted."""
    order = confidence.argsort(descending=True)
    accuracy = right[order].float().cumsum(0) / torch.arange(1, len(order) + 1)
    good = (accuracy >= _WANTED_ACCURACY).nonzero().flatten()
    return confidence[order[good[-1]]] if len(good) else confidence.max().clamp(max=1.0)

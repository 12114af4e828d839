"""Calibration: probabilities that mean what they say, strangers and doubtful clips abstained from."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from egograph.checkpoint import untrained
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.evaluation.score import ClipTable
from egograph.model import EgoGraph, ModelConfig
from egograph.nn.temporal_head import ActionLogits
from egograph.training.calibrate import calibrate

CLIPS = 400


def model() -> EgoGraph:
    return untrained(ModelConfig(), TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1))


def clips(sharpness: float, acting: int = 1) -> ClipTable:
    """Clips whose true verb and noun are drawn from their logits' own softmax, which is then made sharper."""
    rng = torch.Generator().manual_seed(3)

    def draw(classes: int) -> tuple[Tensor, Tensor]:
        logits = 2.5 * torch.randn(CLIPS, classes, generator=rng)
        return logits * sharpness, torch.multinomial(logits.softmax(-1), 1, generator=rng).squeeze(1)

    (verb, true_verb), (noun, true_noun) = draw(17), draw(24)
    summary = torch.randn(CLIPS, 128, generator=rng)
    sure = torch.full((CLIPS,), 8.0)
    return ClipTable(
        ActionLogits(verb, noun, sure),
        summary,
        true_verb,
        true_noun,
        torch.full((CLIPS,), acting, dtype=torch.int64),
        torch.ones(CLIPS, dtype=torch.bool),
    )


def familiar() -> Tensor:
    return torch.randn(2000, 128, generator=torch.Generator().manual_seed(4))


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 4.0])
def test_the_temperature_undoes_over_and_under_confidence(sharpness: float) -> None:
    fitted = model()
    table = clips(sharpness)
    calibrate(fitted, familiar(), table)
    assert float(fitted.calibration.verb_temperature) == pytest.approx(sharpness, rel=0.25)
    verb = fitted.calibration(table.logits, table.summary).verb
    stated, right = verb.amax(-1).mean(), (verb.argmax(-1) == table.verb).float().mean()
    assert float(stated) == pytest.approx(float(right), abs=0.05)


def test_what_is_not_abstained_from_is_right_as_often_as_wanted() -> None:
    fitted, table = model(), clips(1.0)
    calibrate(fitted, familiar(), table)
    assert fitted.calibration.fitted
    judgement = fitted.calibration(table.logits, table.summary)
    kept = ~judgement.abstain
    right = (judgement.verb.argmax(-1) == table.verb) & (judgement.noun.argmax(-1) == table.noun)
    assert 0 < int(kept.sum()) < CLIPS
    assert float(right[kept].float().mean()) >= 0.95


def test_a_scene_unlike_those_of_training_is_abstained_from() -> None:
    fitted, table = model(), clips(1.0)
    calibrate(fitted, familiar(), table)
    certain = ActionLogits(50.0 * F.one_hot(table.verb, 17), 50.0 * F.one_hot(table.noun, 24), table.logits.acting)
    near = fitted.calibration(certain, table.summary)
    far = fitted.calibration(certain, table.summary + 10.0)
    assert float(near.abstain.float().mean()) < 0.05
    assert bool(far.abstain.all())


def test_certain_labels_outside_actions_raise_the_threshold() -> None:
    inside, outside = clips(1.0), clips(1.0, acting=0)
    mixed = ClipTable(
        ActionLogits(*(torch.cat([getattr(part.logits, name) for part in (inside, outside)]) for name in _LOGITS)),
        torch.cat([inside.summary, outside.summary]),
        torch.cat([inside.verb, torch.full((CLIPS,), -1)]),
        torch.cat([inside.noun, torch.full((CLIPS,), -1)]),
        torch.cat([inside.acting, outside.acting]),
        torch.cat([inside.whole, outside.whole]),
    )
    alone, both = model(), model()
    calibrate(alone, familiar(), inside)
    calibrate(both, familiar(), mixed)
    assert float(both.calibration.threshold) > float(alone.calibration.threshold)


_LOGITS = ("verb", "noun", "acting")


def test_an_unfitted_model_abstains_from_everything() -> None:
    table = clips(4.0)
    fresh = model()
    assert not fresh.calibration.fitted
    assert bool(fresh.calibration(table.logits, table.summary).abstain.all())

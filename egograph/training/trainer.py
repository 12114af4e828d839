"""The training loop: steps, checkpoints that survive a kill at any moment, progress and a curve."""

import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from egograph.training.batches import Sequences
from egograph.training.tasks import WEIGHTS, Task

log = logging.getLogger("egograph")


@dataclass(frozen=True)
class ScheduleConfig:
    """How long and how fast to train.

    Attributes:
        steps: optimiser steps.
        batch: sequences a step.
        clips: clips a sequence.
        learning_rate: the highest, reached after the warm-up.
        weight_decay: AdamW's.
        warmup: share of the steps in which the learning rate rises.
        seed: draws weights, batches and looks.
        checkpoint_seconds: wall seconds between two checkpoints.
    """

    steps: int = 1200
    batch: int = 6
    clips: int = 4
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warmup: float = 0.05
    seed: int = 0
    checkpoint_seconds: float = 60.0


Progress = Callable[[int, dict[str, float]], None]


def run_training(
    task: Task, data: Sequences, config: ScheduleConfig, folder: Path, progress: Progress
) -> list[dict[str, float]]:
    """Train `task.module`, going on from the checkpoint in `folder` if there is one.

    The batch of a step depends on the seed and the step alone, so a resumed run sees what an unbroken one would.

    Args:
        task: what is trained.
        data: draws the batches.
        config: the schedule.
        folder: holds `checkpoint.pt`, written whole or not at all.
        progress: called after each step with its number and its losses.

    Returns:
        The losses of every step, in order.
    """
    optimiser = torch.optim.AdamW(_groups(task.module, config.weight_decay), lr=config.learning_rate, betas=(0.9, 0.98))
    history = _resume(folder, task.module, optimiser, config)
    saved = time.monotonic()
    task.module.train()
    for step in range(len(history), config.steps):
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * _pace(step, config)
        batch = data.draw(config.batch, np.random.default_rng([config.seed, step]))
        torch.manual_seed(config.seed * 1_000_003 + step)  # dropout, too, is the same when a run is resumed
        losses = task.losses(batch)
        total: Tensor = sum((WEIGHTS[name] * loss for name, loss in losses.items()), torch.zeros(()))
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(task.module.parameters(), 5.0)
        if not torch.isfinite(norm):
            raise FloatingPointError(f"step {step}: the gradient is not finite; lower schedule.learning_rate")
        optimiser.step()
        history.append({name: round(float(loss.detach()), 5) for name, loss in losses.items()})
        progress(step + 1, history[-1])
        if time.monotonic() - saved > config.checkpoint_seconds or step + 1 == config.steps:
            _save(folder, task.module, optimiser, config, history)
            saved = time.monotonic()
    return history


def _groups(module: nn.Module, decay: float) -> list[dict[str, Any]]:
    matrices = [weight for weight in module.parameters() if weight.ndim > 1]
    others = [weight for weight in module.parameters() if weight.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def _pace(step: int, config: ScheduleConfig) -> float:
    """A linear rise, then a cosine fall to 0, as a share of the learning rate."""
    rise = max(1, round(config.warmup * config.steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, config.steps - rise)))


def _save(
    folder: Path,
    module: nn.Module,
    optimiser: torch.optim.Optimizer,
    config: ScheduleConfig,
    history: list[dict[str, float]],
) -> None:
    partial = folder / "checkpoint.pt.part"
    torch.save(
        {
            "module": module.state_dict(),
            "optimiser": optimiser.state_dict(),
            "schedule": _resumable(config),
            "history": json.dumps(history),
        },
        partial,
    )
    partial.replace(folder / "checkpoint.pt")


def _resume(
    folder: Path, module: nn.Module, optimiser: torch.optim.Optimizer, config: ScheduleConfig
) -> list[dict[str, float]]:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return []
    checkpoint = torch.load(path, weights_only=True)
    if checkpoint["schedule"] != _resumable(config):
        log.warning("%s: made with another schedule; training starts anew", path)
        return []
    module.load_state_dict(checkpoint["module"])
    optimiser.load_state_dict(checkpoint["optimiser"])
    history: list[dict[str, float]] = json.loads(checkpoint["history"])
    log.info("%s: going on after step %d", path, len(history))
    return history


def _resumable(config: ScheduleConfig) -> dict[str, float]:
    return {name: value for name, value in vars(config).items() if name != "checkpoint_seconds"}

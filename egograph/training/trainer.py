"""The training loop: steps, checkpoints that survive a kill at any moment, progress and a curve."""

import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

log = logging.getLogger("egograph")


WEIGHTS = {
    "heat": 1.0, "reach": 1.0, "box": 1.0, "score": 1.0, "object": 0.5, "contact": 1.0,
    "verb": 1.0, "noun": 1.0, "acting": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class StageConfig:
    """How long and how fast one stage of the training goes.

    Attributes:
        steps: optimiser steps.
        size: frames, or windows of clips, a step.
        learning_rate: the highest, reached after the warm-up.
        weight_decay: AdamW's.
        warmup: share of the steps in which the learning rate rises.
    """

    steps: int
    size: int
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warmup: float = 0.05


class Task(Protocol):
    """One stage: what it is called, what it trains, and the losses of a random batch by name."""

    name: str
    module: nn.Module

    def losses(self, rng: np.random.Generator) -> dict[str, Tensor]:
        """The losses of a batch that `rng` draws; training minimises their sum, weighted by `WEIGHTS`."""


Progress = Callable[[int, dict[str, float]], None]


def run_stage(
    task: Task,
    config: StageConfig,
    seed: int,
    folder: Path,
    progress: Progress,
    checkpoint_seconds: float = 30.0,
) -> list[dict[str, float]]:
    """Train `task.module`, going on from the stage's checkpoint in `folder` if there is one.

    The batch of a step depends on the seed and the step alone, so a resumed run sees what an unbroken one would.

    Args:
        task: the stage.
        config: its schedule.
        seed: draws batches and dropout.
        folder: holds `checkpoint-<stage>.pt`, written whole or not at all.
        progress: called after each step with its number and its losses.
        checkpoint_seconds: between two checkpoints; the last step makes one too.

    Returns:
        The losses of every step, in order.

    Raises:
        FloatingPointError: a gradient is not finite.
    """
    optimiser = torch.optim.AdamW(_groups(task.module, config.weight_decay), lr=config.learning_rate, betas=(0.9, 0.98))
    checkpoint = _Checkpoint(
        folder / f"checkpoint-{task.name}.pt", task.module, optimiser, vars(config) | {"seed": seed}
    )
    history = checkpoint.load()
    saved = time.monotonic()
    task.module.train()
    for step in range(len(history), config.steps):
        for group in optimiser.param_groups:
            group["lr"] = config.learning_rate * _pace(step, config)
        torch.manual_seed(seed * 1_000_003 + step)  # dropout, too, is the same when a run is resumed
        losses = task.losses(np.random.default_rng([seed, step]))
        total: Tensor = sum((WEIGHTS[name] * loss for name, loss in losses.items()), torch.zeros(()))
        optimiser.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(task.module.parameters(), 5.0)
        if not torch.isfinite(norm):
            raise FloatingPointError(f"{task.name}, step {step}: the gradient is not finite; lower learning_rate")
        optimiser.step()
        history.append({name: round(float(loss.detach()), 5) for name, loss in losses.items()})
        progress(step + 1, history[-1])
        if time.monotonic() - saved > checkpoint_seconds or step + 1 == config.steps:
            checkpoint.save(history)
            saved = time.monotonic()
    task.module.eval()
    return history


def _groups(module: nn.Module, decay: float) -> list[dict[str, Any]]:
    matrices = [weight for weight in module.parameters() if weight.ndim > 1]
    others = [weight for weight in module.parameters() if weight.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": others, "weight_decay": 0.0}]


def _pace(step: int, config: StageConfig) -> float:
    """A linear rise, then a cosine fall to 0, as a share of the learning rate."""
    rise = max(1, round(config.warmup * config.steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, config.steps - rise)))


class _Checkpoint:
    """All that a stage needs to go on; of another schedule it is not taken."""

    def __init__(
        self, path: Path, module: nn.Module, optimiser: torch.optim.Optimizer, schedule: dict[str, float]
    ) -> None:
        self.path, self.module, self.optimiser, self.schedule = path, module, optimiser, schedule

    def save(self, history: list[dict[str, float]]) -> None:
        partial = self.path.with_suffix(".part")
        torch.save(
            {
                "module": self.module.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "schedule": self.schedule,
                "history": json.dumps(history),
            },
            partial,
        )
        partial.replace(self.path)

    def load(self) -> list[dict[str, float]]:
        if not self.path.exists():
            return []
        content = torch.load(self.path, weights_only=True)
        if content["schedule"] != self.schedule:
            log.warning("%s: made with another schedule; the stage starts anew", self.path)
            return []
        self.module.load_state_dict(content["module"])
        self.optimiser.load_state_dict(content["optimiser"])
        history: list[dict[str, float]] = json.loads(content["history"])
        log.info("%s: going on after step %d", self.path, len(history))
        return history

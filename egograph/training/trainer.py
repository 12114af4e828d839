"""The training loop: steps, checkpoints that survive a kill at any moment, progress and a curve."""

import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from egograph.ranges import at_least
from egograph.training.muon import Muon

log = logging.getLogger("egograph")


LOSS_WEIGHTS = {
    "heat": 1.0, "reach": 1.0, "box": 1.0, "score": 1.0, "object": 0.5, "contact": 1.0,
    "glance": 0.3, "verb": 1.0, "noun": 1.0, "acting": 0.5, "pair": 0.5,
}  # fmt: skip

_SMALLEST_MATRIX = 16


@dataclass(frozen=True)
class StageConfig:
    """How long and how fast one stage of the training goes.

    Attributes:
        steps: optimiser steps.
        size: frames, or windows of clips, a step.
        learning_rate: the highest, reached after the warm-up.
        weight_decay: of the weights that Muon updates.
        warmup: share of the steps in which the learning rate rises.

    Raises:
        ValueError: a value is out of its range.
    """

    steps: int
    size: int
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warmup: float = 0.05

    def __post_init__(self) -> None:
        at_least(self, 1, "steps", "size")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate={self.learning_rate}: has to be a number above 0")
        if not 0 <= self.weight_decay < math.inf:
            raise ValueError(f"weight_decay={self.weight_decay}: has to be 0 or more")
        if not 0 <= self.warmup < 1:
            raise ValueError(f"warmup={self.warmup}: has to be 0 or more and below 1")


Batch = TypeVar("Batch")


class Task(Protocol[Batch]):
    """One stage: what it is called, what it trains, its batches, and their losses by name."""

    name: str
    module: nn.Module

    def draw(self, rng: np.random.Generator) -> Batch:
        """A random batch."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses of a batch; training minimises their sum, weighted by `LOSS_WEIGHTS`."""


Progress = Callable[[int, dict[str, float]], None]


def run_stage(
    task: Task[Any],
    config: StageConfig,
    seed: int,
    folder: Path,
    basis: str,
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
        basis: what the stage rests on beside its schedule and its weights' shapes, such as its data; a checkpoint on
            another basis is not taken.
        progress: called after each step with its number and its losses.
        checkpoint_seconds: between two checkpoints; the last step makes one too.

    Returns:
        The losses of every step, in order.

    Raises:
        FloatingPointError: a gradient is not finite.
    """
    optimisers = _optimisers(task.module, config)
    checkpoint = _Checkpoint(
        folder / f"checkpoint-{task.name}.pt",
        task.module,
        optimisers,
        {"schedule": vars(config), "seed": seed, "basis": basis, "weights": _shapes(task.module)},
    )
    history = checkpoint.load()
    saved = time.monotonic()
    task.module.train()
    for step in range(len(history), config.steps):
        for optimiser in optimisers:
            for group in optimiser.param_groups:
                group["lr"] = config.learning_rate * _pace(step, config)
        torch.manual_seed(seed * 1_000_003 + step)  # dropout, too, is the same when a run is resumed
        losses = task.losses(task.draw(np.random.default_rng([seed, step])))
        total: Tensor = sum((LOSS_WEIGHTS[name] * loss for name, loss in losses.items()), torch.zeros(()))
        task.module.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(task.module.parameters(), 5.0)
        if not torch.isfinite(norm):
            raise FloatingPointError(f"{task.name}, step {step}: the gradient is not finite; lower learning_rate")
        for optimiser in optimisers:
            optimiser.step()
        history.append({name: round(float(loss.detach()), 5) for name, loss in losses.items()})
        progress(step + 1, history[-1])
        if time.monotonic() - saved > checkpoint_seconds or step + 1 == config.steps:
            checkpoint.save(history)
            saved = time.monotonic()
    task.module.eval()
    return history


def _optimisers(module: nn.Module, config: StageConfig) -> tuple[Optimizer, Optimizer]:
    """Muon for all that multiplies by a matrix of some size; AdamW, without decay, for the rest, embeddings too."""
    embeddings = {part.weight for part in module.modules() if isinstance(part, nn.Embedding)}
    matrices = [weight for weight in module.parameters() if _is_matrix(weight) and weight not in embeddings]
    chosen = set(matrices)
    rest = [weight for weight in module.parameters() if weight not in chosen]
    return (
        Muon(matrices, config.learning_rate, config.weight_decay),
        AdamW(rest, config.learning_rate, betas=(0.9, 0.98), weight_decay=0.0),
    )


def _shapes(module: nn.Module) -> dict[str, list[int]]:
    return {name: list(weight.shape) for name, weight in module.state_dict().items()}


def _is_matrix(weight: Tensor) -> bool:
    return weight.ndim > 1 and min(weight.shape[0], weight[0].numel()) >= _SMALLEST_MATRIX


def _pace(step: int, config: StageConfig) -> float:
    """A linear rise, then a cosine fall to 0, as a share of the learning rate."""
    rise = max(1, round(config.warmup * config.steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, config.steps - rise)))


class _Checkpoint:
    """All that a stage needs to go on; that of another identity is not taken."""

    def __init__(
        self, path: Path, module: nn.Module, optimisers: tuple[Optimizer, ...], identity: dict[str, Any]
    ) -> None:
        self.path, self.module, self.optimisers, self.identity = path, module, optimisers, identity

    def save(self, history: list[dict[str, float]]) -> None:
        partial = self.path.with_suffix(".part")
        torch.save(
            {
                "module": self.module.state_dict(),
                "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
                "identity": self.identity,
                "history": json.dumps(history),
            },
            partial,
        )
        partial.replace(self.path)

    def load(self) -> list[dict[str, float]]:
        if not self.path.exists():
            return []
        content = torch.load(self.path, weights_only=True)
        if content.get("identity") != self.identity:
            log.warning("%s: of another training; the stage starts anew", self.path)
            return []
        self.module.load_state_dict(content["module"])
        for optimiser, state in zip(self.optimisers, content["optimisers"], strict=True):
            optimiser.load_state_dict(state)
        history: list[dict[str, float]] = json.loads(content["history"])
        log.info("%s: going on after step %d", self.path, len(history))
        return history

"""What is asked under every condition: a model on the items of a split."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from egograph.evaluation.competence.conditions import Condition
from egograph.evaluation.competence.cost import Cost
from egograph.metrics.epic_truth import TASKS

Right = Mapping[str, NDArray[np.float64]]
"""For each of `TASKS` float64 `[N]`, how much of each item is right: 0 or 1, or the mean over draws."""


@dataclass(frozen=True)
class Items:
    """The `N` items of a split that are asked for: segments, or clips.

    Attributes:
        video: int64 `[N]`, which video each is of.
        subsets: bool `[N]` by name: items that a model may find harder, such as those with an unseen verb–noun pair.
    """

    video: NDArray[np.int64]
    subsets: Mapping[str, NDArray[np.bool_]]


class Subject(Protocol):
    """A model, and the items it is asked for."""

    @property
    def strengths(self) -> Mapping[str, tuple[float, ...]]:
        """Of each degradation, the strengths that are asked for."""

    @property
    def units(self) -> Mapping[str, str]:
        """Of each degradation, what its strength is counted in."""

    @property
    def items(self) -> Items:
        """What is asked for."""

    def right(self, condition: Condition, seed: int) -> Right:
        """What the model gets right under a condition; `seed` draws what the condition leaves to chance."""

    def cost(self) -> Cost:
        """What the model costs."""


def asked(subject: Subject, condition: Condition, draws: int) -> Right:
    """What a model gets right, as the mean over draws where chance plays a part."""
    rounds = [subject.right(condition, seed) for seed in range(draws if condition.random else 1)]
    return {task: np.mean([right[task] for right in rounds], axis=0) for task in TASKS}

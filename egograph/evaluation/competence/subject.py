"""What is asked under every condition: a model on the items of a split."""

from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True)
class Trainings:
    """Several trainings of one model on the same items: right is what they are on average, the cost is the first's."""

    each: Sequence[Subject]

    @property
    def strengths(self) -> Mapping[str, tuple[float, ...]]:
        """See `Subject`."""
        return self.each[0].strengths

    @property
    def units(self) -> Mapping[str, str]:
        """See `Subject`."""
        return self.each[0].units

    @property
    def items(self) -> Items:
        """See `Subject`."""
        return self.each[0].items

    def right(self, condition: Condition, seed: int) -> Right:
        """See `Subject.right`."""
        return _mean([subject.right(condition, seed) for subject in self.each])

    def cost(self) -> Cost:
        """See `Subject.cost`."""
        return self.each[0].cost()


def asked(subject: Subject, condition: Condition, draws: int) -> Right:
    """What a model gets right, as the mean over draws where chance plays a part."""
    return _mean([subject.right(condition, seed) for seed in range(draws if condition.random else 1)])


def _mean(rounds: Sequence[Right]) -> Right:
    return {task: np.mean([right[task] for right in rounds], axis=0) for task in TASKS}

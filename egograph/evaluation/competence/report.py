"""The report: every condition, the model beside the same model without graph, as rows, JSON and Markdown."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egograph.evaluation.bootstrap import interval
from egograph.evaluation.competence.conditions import AS_IT_IS, OF_EDGES, PROBES, Condition, degradations
from egograph.evaluation.competence.cost import Cost
from egograph.evaluation.competence.subject import Right, Subject, asked
from egograph.metrics.epic_truth import TASKS

GRAPH, WITHOUT = "graph", "without graph"
CHANGED, SUBSET, DEGRADED = "changed", "subset", "degraded"


@dataclass(frozen=True)
class Share:
    """A share of items in percent, with its 95 % bootstrap interval over videos."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, right: NDArray[np.float64], video: NDArray[np.int64]) -> "Share":
        """The mean of what is right, `[N]`; of no item, 0."""
        if not len(right):
            return cls(0.0, 0.0, 0.0)
        low, high = interval(100 * right, video)
        return cls(100 * float(right.mean()), low, high)


@dataclass(frozen=True)
class Row:
    """One condition.

    Attributes:
        group: `CHANGED`, `SUBSET` of the items as they are, or `DEGRADED`.
        condition: the condition, or what the subset is called.
        strength: of a degradation.
        confidence: whether edges weigh as their confidence says.
        items: how many are asked for.
        scores: by model, by task, the share that is right.
        ahead: how far the model is ahead of the same without graph in actions, in points, item by item.
    """

    group: str
    condition: str
    strength: float
    confidence: bool
    items: int
    scores: Mapping[str, Mapping[str, Share]]
    ahead: Share | None


@dataclass(frozen=True)
class Report:
    """What was asked and what came of it.

    Attributes:
        split: the split that was asked for.
        draws: how often what is random was drawn.
        unit: of each degradation's strength.
        cost: of each model.
        rows: the conditions.
        models: where each model, or each of its trainings, lies, and the digest of its weights.
        empty: subsets that no item is of.
    """

    split: str
    draws: int
    unit: Mapping[str, str]
    cost: Mapping[str, Cost]
    rows: tuple[Row, ...]
    models: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)


def conditions_for(subject: Subject) -> list[Condition]:
    """All conditions that a model is asked under."""
    return [*PROBES, *degradations(subject.strengths)]


def report(
    split: str,
    subjects: Mapping[str, Subject],
    others: Mapping[str, Mapping[str, Subject]],
    draws: int,
    progress: Callable[[int], None],
) -> Report:
    """Ask every model under every condition.

    Args:
        split: the split that is asked for under all of them.
        subjects: `GRAPH`, and `WITHOUT` if there is one, on that split.
        others: the same on other splits, which are asked for as they are.
        draws: how often what is random is drawn.
        progress: called with how many conditions are done.
    """
    first = subjects[GRAPH]
    rows: list[Row] = []
    for done, condition in enumerate(conditions_for(first)):
        progress(done)
        right = _ask(subjects, condition, draws)
        group = CHANGED if condition in PROBES else DEGRADED
        rows.append(_row(group, condition, first, right, np.ones(len(first.items.video), dtype=bool)))
        if condition.name == AS_IT_IS:
            rows += _subsets("", first, right)
    progress(len(conditions_for(first)))
    for name, models in others.items():
        rows += _subsets(name, models[GRAPH], _ask(models, Condition(AS_IT_IS), draws))
    costs = {name: subject.cost() for name, subject in subjects.items()}
    empty = tuple(row.condition for row in rows if not row.items)
    return Report(split, draws, first.units, costs, tuple(row for row in rows if row.items), empty=empty)


def _ask(models: Mapping[str, Subject], condition: Condition, draws: int) -> dict[str, Right]:
    """What each model gets right; one without edges is not asked about them."""
    of_edges = condition.name in OF_EDGES or not condition.confidence
    return {name: asked(model, condition, draws) for name, model in models.items() if name == GRAPH or not of_edges}


def _subsets(split: str, subject: Subject, right: Mapping[str, Right]) -> list[Row]:
    """A row for each subset of a split's items, and for the whole of another split."""
    whole = {split: np.ones(len(subject.items.video), dtype=bool)} if split else {}
    parts = {f"{split}, {name}" if split else name: rows for name, rows in subject.items.subsets.items()}
    return [_row(SUBSET, Condition(name), subject, right, rows) for name, rows in (whole | parts).items()]


def _row(
    group: str, condition: Condition, subject: Subject, right: Mapping[str, Right], rows: NDArray[np.bool_]
) -> Row:
    video = subject.items.video[rows]
    scores = {
        model: {task: Share.of(of_model[task][rows], video) for task in TASKS} for model, of_model in right.items()
    }
    ahead = None
    if WITHOUT in right:
        ahead = Share.of((right[GRAPH]["action"] - right[WITHOUT]["action"])[rows], video)
    shown = (condition.name, condition.strength, condition.confidence)
    return Row(group, *shown, int(rows.sum()), scores, ahead)

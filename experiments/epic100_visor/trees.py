"""Gradient-boosted trees: which of the seen nouns is the action's, then which verb."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from features import Array, LabelCounts, SegmentView, noun_features, segment_features, views
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from egograph.data.segment_table import SegmentTable

_NOUN = {
    "max_iter": 200, "learning_rate": 0.05, "max_leaf_nodes": 15, "min_samples_leaf": 30, "l2_regularization": 1.0,
    "early_stopping": False,
}  # fmt: skip
_VERB = {
    "max_iter": 80, "learning_rate": 0.06, "max_leaf_nodes": 8, "min_samples_leaf": 20, "l2_regularization": 5.0,
    "max_features": 0.3, "early_stopping": False,
}  # fmt: skip
_FOLDS = 3  # of the participants: training's own nouns are ranked by trees that did not see them
_LEAST_OF_A_VERB = 8
_UNLIKELY = 1e-6


@dataclass(frozen=True)
class _Candidates:
    """Of each segment, its nouns and their features."""

    views: list[SegmentView]
    rows: list[list[list[float]]]

    @classmethod
    def of(cls, table: SegmentTable, labels: LabelCounts) -> "_Candidates":
        seen = views(table)
        return cls(seen, [[noun_features(view, noun, labels) for noun in view.nouns] for view in seen])

    def flat(self) -> Array:
        return np.array([row for rows in self.rows for row in rows])

    def split(self, column: Array) -> list[Array]:
        return np.split(column, np.cumsum([len(rows) for rows in self.rows])[:-1])

    def whole(self, likely: Sequence[Array], labels: LabelCounts) -> Array:
        parts = zip(self.views, likely, self.rows, strict=True)
        return np.array([segment_features(view, scores, rows, labels) for view, scores, rows in parts])


def tree_scores(
    train: SegmentTable, people: Sequence[str], test: SegmentTable, labels: LabelCounts, seed: int
) -> tuple[Array, Array]:
    """Log-probabilities of verbs `[S, V]` and nouns `[S, C]` of the test segments.

    Args:
        train: the training segments.
        people: the participant of each.
        test: the test segments.
        labels: counts of the training labels.
        seed: draws.
    """
    candidates, others = _Candidates.of(train, labels), _Candidates.of(test, labels)
    owner = np.repeat(np.arange(len(train)), [len(rows) for rows in candidates.rows])
    noun = np.array([noun for view in candidates.views for noun in view.nouns])
    right = noun == train.target.numpy()[owner]
    fold = _folds(people, seed)[owner]
    own = np.zeros(len(noun))
    rows = candidates.flat()
    for held in range(_FOLDS):
        own[fold == held] = _Trees(_NOUN, seed, rows[fold != held], right[fold != held])(rows[fold == held])[:, 1]
    likely = others.split(_Trees(_NOUN, seed, rows, right)(others.flat())[:, 1])
    verb = train.verb.numpy()
    common = np.isin(verb, np.flatnonzero(np.bincount(verb) >= _LEAST_OF_A_VERB))
    verbs = _Trees(_VERB, seed, candidates.whole(candidates.split(own), labels)[common], verb[common])
    of_verb = np.full((len(test), labels.pairs.shape[0]), _UNLIKELY)
    of_verb[:, verbs.classes] = verbs(others.whole(likely, labels))
    hidden = (len(train) - len(np.unique(owner[right])) + 1) / (len(train) + 2)
    return np.log(of_verb), np.log(_of_nouns(others.views, likely, labels, hidden))


def _of_nouns(views: Sequence[SegmentView], likely: Sequence[Array], labels: LabelCounts, hidden: float) -> Array:
    """The probability of each noun: `hidden` for all together that are not seen, as common as each is."""
    common = labels.pairs.sum(0) + 1
    found = np.empty((len(views), len(common)))
    for place, (view, scores) in enumerate(zip(views, likely, strict=True)):
        rest = common.copy()
        rest[view.nouns] = 0
        found[place] = hidden * rest / max(rest.sum(), 1)
        found[place, view.nouns] = (1 - hidden) * scores / scores.sum()
    normal: Array = found / found.sum(1, keepdims=True)
    return normal


class _Trees:
    """Fitted trees; columns that no training row knows, at which scikit-learn stops, are left out."""

    def __init__(self, settings: dict[str, Any], seed: int, rows: Array, label: NDArray[Any]) -> None:
        self.known = np.isfinite(rows).any(0)
        self.trees = HistGradientBoostingClassifier(**settings, random_state=seed).fit(rows[:, self.known], label)
        self.classes = self.trees.classes_

    def __call__(self, rows: Array) -> Array:
        probability: Array = self.trees.predict_proba(rows[:, self.known])
        return probability


def _folds(people: Sequence[str], seed: int) -> NDArray[np.int64]:
    names, index = np.unique(people, return_inverse=True)
    fold: NDArray[np.int64] = (np.random.default_rng(seed).permutation(len(names)) % _FOLDS)[index]
    return fold

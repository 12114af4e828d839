"""EPIC-KITCHENS-100 action anticipation: class-mean top-5 recall.

The rules are those of https://github.com/epic-kitchens/C3-Action-Anticipation.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egograph.metrics.action_scores import TOP, ranked, ranked_actions
from egograph.metrics.epic_submission import parse_action, read_scores
from egograph.metrics.epic_truth import TASKS, EpicTruth, action_id
from egograph.metrics.submission import is_number, refuse


def score(file: Path, annotations: Path) -> dict[str, float]:
    """Recalls in percent, of all segments (`overall`), of unseen participants and of tail classes.

    A recall is the mean over the classes that the subset has; a subset without segments has none.

    Args:
        file: a submission, `{"version": "0.2", "challenge": "action_anticipation", "sls_…": …, "results": {…}}`. Where
            its segments have an `action` entry of 100 `"verb,noun"` scores, actions are ranked by these.
        annotations: the folder of the official CSVs.

    Raises:
        EgographError: a file does not fit.
    """
    truth = EpicTruth.read(annotations)
    results, verb, noun = read_scores(file, "action_anticipation", truth)
    given = any("action" in results[name] for name in truth.ids)
    actions = _given_actions(file, results, truth.ids) if given else ranked_actions(verb, noun)
    ranks = {"verb": ranked(verb), "noun": ranked(noun), "action": actions}
    return {
        f"{subset}_{task}_mt5r": 100 * mean_recall(ranks[task][rows, :5], truth.label[task][rows])
        for task in TASKS
        for subset, rows in truth.subsets(task, "overall").items()
    }


def mean_recall(ranks: NDArray[np.int64], label: NDArray[np.int64]) -> float:
    """The share of the segments of a class whose `ranks` `[N, k]` name it, mean over the classes in `label` `[N]`."""
    hit = (ranks == label[:, None]).any(axis=1)
    _, index, count = np.unique(label, return_inverse=True, return_counts=True)
    return float((np.bincount(index, weights=hit) / count).mean())


def _given_actions(file: Path, results: Mapping[str, Any], ids: Sequence[str]) -> NDArray[np.int64]:
    """The ids `[N, 100]` of the actions that the submission ranks itself, best first."""
    entries = [results[name].get("action") for name in ids]
    remedy = f'give {TOP} scores a segment, {{"verb,noun": score}}, or none'
    few = [name for name, entry in zip(ids, entries, strict=True) if not isinstance(entry, dict) or len(entry) != TOP]
    if few:
        refuse(file, f"not {TOP} action scores", few, remedy)
    parsed = [[parse_action(key) for key in entry] for entry in entries]
    wrong = [
        f"{name} {key}"
        for name, entry, actions in zip(ids, entries, parsed, strict=True)
        for key, action in zip(entry, actions, strict=True)
        if action is None or not is_number(entry[key])
    ]
    if wrong:
        refuse(file, "no action of two class ids, or its score not a finite number", wrong, remedy)
    twice = [name for name, actions in zip(ids, parsed, strict=True) if len(set(actions)) < TOP]
    if twice:
        refuse(file, "an action twice, written in two ways", twice, remedy)
    actions = np.array(parsed, dtype=np.int64)
    scores = np.array([list(entry.values()) for entry in entries], dtype=np.float64)
    return np.take_along_axis(action_id(actions[..., 0], actions[..., 1]), ranked(scores), 1)

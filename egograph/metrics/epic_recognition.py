"""EPIC-KITCHENS-100 action recognition: instance accuracy.

The rules are those of https://github.com/epic-kitchens/C1-Action-Recognition; for the softmax, see `ranked_actions`.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egograph.metrics.action_scores import ranked, ranked_actions
from egograph.metrics.epic_submission import read_results
from egograph.metrics.epic_truth import NOUNS, TASKS, VERBS, EpicTruth
from egograph.metrics.submission import check_ids, class_scores


def score(file: Path, annotations: Path) -> dict[str, float]:
    """Accuracies in percent: top-1 and top-5 of all segments, top-1 of unseen participants and of tail classes.

    A subset without segments has none.

    Args:
        file: a submission, `{"version": "0.2", "challenge": "action_recognition", "sls_…": …, "results": {…}}`.
        annotations: the folder of the official CSVs.

    Raises:
        EgographError: a file does not fit.
    """
    truth = EpicTruth.read(annotations)
    results = read_results(file, "action_recognition")
    check_ids(file, "narration ids", results, truth.ids)
    verb = class_scores(file, results, truth.ids, "verb", VERBS)
    noun = class_scores(file, results, truth.ids, "noun", NOUNS)
    return accuracies(verb, noun, truth)


def accuracies(verb: NDArray[np.float64], noun: NDArray[np.float64], truth: EpicTruth) -> dict[str, float]:
    """The same from scores `[N, 97]` and `[N, 300]`, for other code than a submission's."""
    ranks = {"verb": ranked(verb), "noun": ranked(noun), "action": ranked_actions(verb, noun)}
    hits = {task: ranks[task][:, :5] == truth.label[task][:, None] for task in TASKS}
    found = {}
    for task in TASKS:
        everything = np.ones(len(truth.segments), dtype=bool)
        for subset, rows in (("all", everything), ("unseen", truth.unseen), ("tail", truth.tail[task])):
            for k in (1, 5) if subset == "all" else (1,):
                if rows.any():
                    found[f"{subset}_{task}_accuracy_at_{k}"] = 100 * float(hits[task][rows, :k].any(axis=1).mean())
    return found

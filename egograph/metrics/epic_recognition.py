"""EPIC-KITCHENS-100 action recognition: instance accuracy.

The rules are those of https://github.com/epic-kitchens/C1-Action-Recognition; for the softmax, see `ranked_actions`.
"""

from pathlib import Path

from egograph.metrics.action_scores import ranked, ranked_actions
from egograph.metrics.epic_submission import read_scores
from egograph.metrics.epic_truth import TASKS, EpicTruth


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
    _, verb, noun = read_scores(file, "action_recognition", truth)
    ranks = {"verb": ranked(verb), "noun": ranked(noun), "action": ranked_actions(verb, noun)}
    hits = {task: ranks[task][:, :5] == truth.label[task][:, None] for task in TASKS}
    found = {}
    for task in TASKS:
        for subset, rows in truth.subsets(task, "all").items():
            for k in (1, 5) if subset == "all" else (1,):
                found[f"{subset}_{task}_accuracy_at_{k}"] = 100 * float(hits[task][rows, :k].any(axis=1).mean())
    return found

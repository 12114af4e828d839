"""Ego4D long-term action anticipation: edit distance of predicted sequences (ED@Z, AUED).

The rules are those of https://github.com/EGO4D/forecasting; despite a comment there, the distance is Levenshtein's.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egograph.data.classes import Vocabulary
from egograph.data.ego4d import read_taxonomy
from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.metrics.submission import check_ids, refuse

FUTURE = 20  # actions to foresee
TRIES = 5  # sequences, of which the best counts
TASKS = ("verb", "noun")


def score(file: Path, annotations: Path, observed: int = 8) -> dict[str, float]:
    """`{verb,noun,action}_ED_0` … `_ED_19` and `_AUED`, all 0 … 1, less is better.

    `ED_z` is the edit distance of the first z + 1 actions over z + 1, the least of 5 sequences, mean over the examples;
    AUED is the area under it by trapezes, over 19. An action is a pair of verb and noun.

    Args:
        file: a submission, `{clip_id: {"verb": [5][20], "noun": [5][20]}}` of class ids. A clip id is
            `{clip_uid}_{action_idx}` of the last observed action.
        annotations: the folder of `fho_lta_val.json` and `fho_lta_taxonomy.json`.
        observed: how many actions are seen before.

    Raises:
        EgographError: a file does not fit.
    """
    vocabulary = read_taxonomy(annotations / "fho_lta_taxonomy.json")
    classes = {"verb": len(vocabulary.verbs), "noun": len(vocabulary.nouns)}
    ids, label = _read_truth(annotations / "fho_lta_val.json", observed, vocabulary)
    content = read_object(file, "a submission to Ego4D's long-term anticipation", unique=True)
    check_ids(file, "clip ids", content, list(dict.fromkeys(ids)))
    predicted = np.stack([_sequences(file, content, ids, task, classes[task]) for task in TASKS])
    found: dict[str, float] = {}
    pairs = predicted[0] * (classes["noun"] + 1) + predicted[1]
    true_pairs = label[:, 0] * (classes["noun"] + 1) + label[:, 1]
    given = ((predicted[0], label[:, 0]), (predicted[1], label[:, 1]), (pairs, true_pairs))
    for task, (sequences, wanted) in zip((*TASKS, "action"), given, strict=True):
        distance = edit_distances(sequences, wanted[:, None]) / np.arange(1, FUTURE + 1)
        mean = distance.min(axis=1).mean(axis=0)
        found |= {f"{task}_ED_{number}": float(value) for number, value in enumerate(mean)}
        found[f"{task}_AUED"] = float(np.trapezoid(mean) / (FUTURE - 1))
    return found


def edit_distances(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Levenshtein's distance of the first 1, 2, … Z entries of sequences `[…, Z]` that broadcast: `[…, Z]`.

    The distances of all beginnings stand on the diagonal of one table.
    """
    first, second = np.broadcast_arrays(first, second)
    length = first.shape[-1]
    row = np.broadcast_to(np.arange(length + 1), (*first.shape[:-1], length + 1)).copy()
    diagonal = np.empty(first.shape, dtype=np.int64)
    for i in range(length):
        above = row.copy()
        row[..., 0] = i + 1
        for j in range(length):
            changed = above[..., j] + (first[..., i] != second[..., j])
            row[..., j + 1] = np.minimum(changed, np.minimum(above[..., j + 1], row[..., j]) + 1)
        diagonal[..., i] = row[..., i + 1]
    return diagonal


def _read_truth(path: Path, observed: int, vocabulary: Vocabulary) -> tuple[list[str], NDArray[np.int64]]:
    """The ids of `N` examples, and the verbs and the nouns `[N, 2, 20]` that follow each."""
    content = read_object(path, "Ego4D's fho_lta_val.json")
    clips: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    try:
        for entry in content["clips"]:
            action = (int(entry["action_idx"]), int(entry["verb_label"]), int(entry["noun_label"]))
            clips[entry["clip_uid"]].append(action)
            if fault := vocabulary.fault(*action[1:]):
                told = f"{entry['clip_uid']}, action {action[0]}: {fault}"
                raise EgographError(f"{path}: {told}; give the taxonomy that belongs to it")
    except (KeyError, TypeError, ValueError) as fault:
        raise EgographError(f"{path}: not in its layout ({fault!r}); give Ego4D's fho_lta_val.json") from None
    ids, future = [], []
    for clip, actions in clips.items():
        actions.sort(key=lambda action: action[0])
        for first in range(observed, len(actions) - FUTURE + 1):
            ids.append(f"{clip}_{actions[first - 1][0]}")
            future.append([action[1:] for action in actions[first : first + FUTURE]])
    if not ids:
        raise EgographError(f"{path}: no clip of {observed} + {FUTURE} actions; give all of Ego4D's fho_lta_val.json")
    return ids, np.array(future, dtype=np.int64).transpose(0, 2, 1)


def _sequences(file: Path, content: dict[str, Any], ids: list[str], task: str, classes: int) -> NDArray[np.int64]:
    """The sequences `[N, 5, 20]` of a task."""
    remedy = f"give {TRIES} lists of {FUTURE} class ids 0 … {classes - 1}"
    wrong = [name for name in ids if not _are_sequences(content[name], task, classes)]
    if wrong:
        refuse(file, f"no {TRIES} x {FUTURE} {task} ids", wrong, remedy)
    return np.array([content[name][task] for name in ids], dtype=np.int64)


def _are_sequences(entry: Any, task: str, classes: int) -> bool:
    tries = entry.get(task) if isinstance(entry, dict) else None
    return (
        isinstance(tries, list)
        and len(tries) == TRIES
        and all(
            isinstance(row, list)
            and len(row) == FUTURE
            and all(type(label) is int and 0 <= label < classes for label in row)
            for row in tries
        )
    )

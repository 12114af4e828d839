"""EPIC-KITCHENS-100 action detection: mean average precision of verbs, nouns and actions.

The rules are those of https://github.com/epic-kitchens/C2-Action-Detection, but that predictions of classes which the
truth lacks are always dropped: there, they can be taken for a class whose index is their id.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from egograph.metrics.detection import Detection, detected, mean_average_precision
from egograph.metrics.epic_submission import parse_action, read_results
from egograph.metrics.epic_truth import NOUNS, TASKS, VERBS, EpicTruth
from egograph.metrics.submission import refuse

# As there: the third is a little above 0.3, so that an overlap of exactly 0.3 does not reach it.
THRESHOLDS = tuple(float(threshold) for threshold in np.linspace(0.1, 0.5, 5))
_FORMAT = '{"segment": [start, stop], "verb": id, "noun": id, "action": "verb,noun", "score": number}'


def score(file: Path, annotations: Path) -> dict[str, float]:
    """The mean average precision in percent at overlaps of 0.1 to 0.5, and their mean, for each of `TASKS`.

    A video of the validation set may be absent or empty.

    Args:
        file: a submission, `{"version": "0.2", "challenge": "action_detection", "sls_…": …, "results": {…}}`.
        annotations: the folder of the official CSVs.

    Raises:
        EgographError: a file does not fit.
    """
    truth = EpicTruth.read(annotations)
    results = read_results(file, "action_detection")
    predicted = _read(file, results, {segment.video for segment in truth.segments})
    found = {}
    for task in TASKS:
        wanted = [
            Detection(segment.video, segment.start, segment.stop, int(label))
            for segment, label in zip(truth.segments, truth.label[task], strict=True)
        ]
        precision = 100 * mean_average_precision(wanted, predicted[task], THRESHOLDS)
        for number, value in enumerate(precision, start=1):
            found[f"{task}_map_at_{number:02d}"] = float(value)
        found[f"{task}_map_avg"] = float(precision.mean())
    return found


def _read(file: Path, results: Mapping[str, Any], videos: set[str]) -> dict[str, list[Detection]]:
    """The predictions by task."""
    if unknown := [video for video in results if video not in videos]:
        refuse(file, "unknown videos", unknown, f"give videos of the validation set, which has {len(videos)}")
    if unlisted := [video for video, entries in results.items() if not isinstance(entries, list)]:
        refuse(file, "no list of predictions", unlisted, f"give a list of {_FORMAT}")
    read = {
        f"{video}, prediction {number}": _labelled(video, entry)
        for video, entries in results.items()
        for number, entry in enumerate(entries)
    }
    if wrong := [f"{where}, {labelled!r}" for where, labelled in read.items() if isinstance(labelled, str)]:
        refuse(file, "not in the format", wrong, f"give {_FORMAT} with class ids below {VERBS} and {NOUNS}")
    return {task: [one[task] for one in read.values() if not isinstance(one, str)] for task in TASKS}


def _labelled(video: str, entry: Any) -> dict[str, Detection] | str:
    """One prediction for each task; or which of its keys is absent or not in the format."""
    where = detected(video, entry)
    if isinstance(where, str):
        return where
    for key, most in (("verb", VERBS), ("noun", NOUNS)):
        if type(entry.get(key)) is not int or not 0 <= entry[key] < most:
            return key
    action = parse_action(entry.get("action"))
    if action is None:
        return "action"
    label = {"verb": entry["verb"], "noun": entry["noun"], "action": action[0] * NOUNS + action[1]}
    return {task: replace(where, label=label[task]) for task in TASKS}

"""Ego4D moments queries: detection (mAP) and retrieval (recall@kx).

The rules are those of https://github.com/EGO4D/episodic-memory, folder MQ, and its `clip_annotations.json`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.metrics.detection import Detection, mean_average_precision, temporal_iou
from egograph.metrics.submission import check_ids, is_number, refuse, section

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5)
RECALL_THRESHOLDS = (0.3, 0.5, 0.7)
RECALL_TIMES = (1, 2, 3, 4, 5)
_ANNOTATIONS = "clip_annotations.json"


def score(file: Path, annotations: Path) -> dict[str, float]:
    """`mAP@0.1` … `mAP@0.5`, their mean `mAP`, and `recall@kx@t`, all 0 … 1.

    Recall at k× and overlap t is the share of the true moments that one of the first k · n predictions of their clip
    and class overlaps more than t, where n is how many true moments the clip and class have.

    Args:
        file: a submission, `{"detect_results": {clip: [{"segment", "label", "score"}]}, "retrieve_results": {…}}`.
        annotations: the folder of `clip_annotations.json`; its clips of subset `val` are scored.

    Raises:
        EgographError: a file does not fit.
    """
    truth = _read_truth(annotations / _ANNOTATIONS)
    content = read_object(file, "a submission to Ego4D's moments queries")
    detected = _read(file, section(file, content, "detect_results"), truth)
    retrieved = _read(file, section(file, content, "retrieve_results"), truth)
    moments = [moment for clip in truth.values() for moment in clip]
    precision = mean_average_precision(moments, [d for clip in detected.values() for d in clip], THRESHOLDS)
    found = {f"mAP@{threshold}": float(value) for threshold, value in zip(THRESHOLDS, precision, strict=True)}
    return found | {"mAP": float(precision.mean())} | _recall(truth, retrieved)


def _recall(truth: Mapping[str, list[Detection]], retrieved: Mapping[str, list[Detection]]) -> dict[str, float]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for clip, moments in truth.items():
        wanted, given = _by_label(moments), _by_label(retrieved[clip])
        for label, same in wanted.items():
            span = np.array([(moment.start, moment.stop) for moment in given.get(label, ())]).reshape(-1, 2)
            overlap = [temporal_iou(moment.start, moment.stop, span) for moment in same]
            for k in RECALL_TIMES:
                for t in RECALL_THRESHOLDS:
                    hits[f"recall@{k}x@{t}"] += [bool((row[: k * len(same)] > t).any()) for row in overlap]
    return {name: float(np.mean(found)) for name, found in hits.items()}


def _by_label(detections: Sequence[Detection]) -> dict[int | str, list[Detection]]:
    found: dict[int | str, list[Detection]] = defaultdict(list)
    for detection in detections:
        found[detection.label].append(detection)
    return found


def _read_truth(path: Path) -> dict[str, list[Detection]]:
    """The moments of the clips of subset `val`."""
    content = read_object(path, "the clip_annotations.json of Ego4D's moments queries")
    try:
        truth = {
            clip: [
                Detection(clip, float(moment["start_time"]), float(moment["end_time"]), str(moment["label"]))
                for moment in entry["annotations"]
            ]
            for clip, entry in content.items()
            if entry["subset"] == "val"
        }
    except (KeyError, TypeError, ValueError) as fault:
        raise EgographError(f"{path}: not in its layout ({fault!r}); make it with Ego4D's Convert_annotation") from None
    if not any(truth.values()):
        raise EgographError(f"{path}: no moments in its subset val; give annotations that have some")
    return truth


def _read(file: Path, results: Mapping[str, Any], truth: Mapping[str, object]) -> dict[str, list[Detection]]:
    check_ids(file, "clips", results, list(truth))
    read = {
        (clip, number): _detection(clip, entry)
        for clip, entries in results.items()
        for number, entry in enumerate(entries if isinstance(entries, list) else [None])
    }
    if wrong := [f"{clip}, prediction {number}" for (clip, number), one in read.items() if one is None]:
        remedy = 'give {"segment": [start, stop], "label": name, "score": number}'
        refuse(file, "not in the format", wrong, remedy)
    found: dict[str, list[Detection]] = {clip: [] for clip in results}
    for (clip, _), one in read.items():
        if one is not None:
            found[clip].append(one)
    return found


def _detection(clip: str, entry: Any) -> Detection | None:
    try:
        start, stop = entry["segment"]
        label, sure = entry["label"], entry["score"]
    except (KeyError, TypeError, ValueError):
        return None
    sound = all(map(is_number, (start, stop, sure))) and isinstance(label, str)
    return Detection(clip, float(start), float(stop), label, float(sure)) if sound else None

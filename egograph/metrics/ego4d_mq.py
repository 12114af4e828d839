"""Ego4D moments queries: detection (mAP) and retrieval (recall@kx).

The rules are those of https://github.com/EGO4D/episodic-memory, folder MQ, and its `clip_annotations.json`.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.metrics.detection import Detection, detected, mean_average_precision
from egograph.metrics.submission import check_ids, refuse, section

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
    content = read_object(file, "a submission to Ego4D's moments queries", unique=True)
    found, retrieved = (_read(file, key, content, truth) for key in ("detect_results", "retrieve_results"))
    moments, detections = ([one for clip in clips.values() for one in clip] for clips in (truth, found))
    precision = mean_average_precision(moments, detections, THRESHOLDS)
    metrics = {f"mAP@{threshold}": float(value) for threshold, value in zip(THRESHOLDS, precision, strict=True)}
    return metrics | {"mAP": float(precision.mean())} | _recall(truth, retrieved)


def _recall(truth: Mapping[str, list[Detection]], retrieved: Mapping[str, list[Detection]]) -> dict[str, float]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for clip, moments in truth.items():
        wanted, given = _by_label(moments), _by_label(retrieved[clip])
        for label, same in wanted.items():
            span = np.array([(moment.start, moment.stop) for moment in given.get(label, ())]).reshape(-1, 2)
            overlap = [_share_of_hull(moment, span) for moment in same]
            for k in RECALL_TIMES:
                for t in RECALL_THRESHOLDS:
                    hits[f"recall@{k}x@{t}"] += [bool((row[: k * len(same)] > t).any()) for row in overlap]
    return {name: float(np.mean(found)) for name, found in hits.items()}


def _share_of_hull(moment: Detection, span: NDArray[np.float64]) -> NDArray[np.float64]:
    """The overlap `[N]` with stretches `[N, 2]`, as retrieval has it: over all from the first start to the last stop.

    Where stretches meet it is what `temporal_iou` gives, but for the last bit, on which an overlap of just 0.5 depends.
    """
    shared = (np.minimum(moment.stop, span[:, 1]) - np.maximum(moment.start, span[:, 0])).clip(min=0)
    hull = np.maximum(moment.stop, span[:, 1]) - np.minimum(moment.start, span[:, 0])
    return np.divide(shared, hull, out=np.zeros(shared.shape), where=hull > 0)


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
    moments = [moment for clip in truth.values() for moment in clip]
    if wrong := [one for one in moments if not one.start <= one.stop < math.inf]:
        told = f"{wrong[0].video} has a moment from {wrong[0].start} to {wrong[0].stop} s"
        raise EgographError(f"{path}: {told}; mend or remove it")
    if not moments:
        raise EgographError(f"{path}: no moments in its subset val; give annotations that have some")
    return truth


def _read(file: Path, key: str, content: Mapping[str, Any], truth: Mapping[str, object]) -> dict[str, list[Detection]]:
    """The predictions under a key, by clip."""
    results = section(file, content, key)
    check_ids(file, f"clips of {key}", results, list(truth))
    found: dict[str, list[Detection]] = {clip: [] for clip in results}
    wrong = []
    for clip, entries in results.items():
        for number, entry in enumerate(entries if isinstance(entries, list) else [None]):
            read = _detection(clip, entry)
            if isinstance(read, str):
                wrong.append(f"{key}, {clip}, prediction {number}, {read!r}")
            else:
                found[clip].append(read)
    if wrong:
        refuse(file, "not in the format", wrong, 'give {"segment": [start, stop], "label": name, "score": number}')
    return found


def _detection(clip: str, entry: Any) -> Detection | str:
    """A prediction; or which of its keys is absent or not in the format."""
    read = detected(clip, entry)
    if isinstance(read, str):
        return read
    label = entry.get("label")
    return replace(read, label=label) if isinstance(label, str) else "label"

"""Temporal action detection: interpolated average precision at thresholds of temporal overlap.

The rules are those of ActivityNet's evaluation, which EPIC-KITCHENS-100 and Ego4D build on.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egograph.metrics.submission import is_number


@dataclass(frozen=True)
class Detection:
    """One labelled stretch of a video, `start` to `stop` in seconds; `score` says how sure a prediction is."""

    video: str
    start: float
    stop: float
    label: int | str
    score: float = 0.0


def detected(video: str, entry: Any) -> Detection | str:
    """A prediction `{"segment": [start, stop], "score": number, …}`, as yet of no label.

    Returns:
        The prediction; or which of these keys is absent or not in that format.
    """
    if not isinstance(entry, dict):
        return "segment"
    span, sure = entry.get("segment"), entry.get("score")
    if not isinstance(span, list) or len(span) != 2 or not all(map(is_number, span)):
        return "segment"
    return Detection(video, float(span[0]), float(span[1]), "", float(sure)) if is_number(sure) else "score"


def mean_average_precision(
    truth: Sequence[Detection], predicted: Sequence[Detection], thresholds: Sequence[float]
) -> NDArray[np.float64]:
    """The mean average precision `[T]` at each of `T` thresholds, 0 … 1, over the classes in the truth.

    Predictions of other classes are dropped; a class without predictions counts 0. `truth` is not empty.
    """
    wanted: dict[int | str, list[Detection]] = defaultdict(list)
    given: dict[int | str, list[Detection]] = defaultdict(list)
    for detection in truth:
        wanted[detection.label].append(detection)
    for detection in predicted:
        if detection.label in wanted:
            given[detection.label].append(detection)
    return np.mean([average_precision(wanted[label], given[label], thresholds) for label in wanted], axis=0)


def average_precision(
    truth: Sequence[Detection], predicted: Sequence[Detection], thresholds: Sequence[float]
) -> NDArray[np.float64]:
    """The average precision `[T]` of one class.

    Predictions choose in the order of their scores: each takes the stretch of its video that it overlaps most, the next
    if that is taken, as long as the overlap reaches the threshold.
    """
    score = np.array([detection.score for detection in predicted])
    order = score.argsort(kind="stable")[::-1]
    hit = np.zeros((len(thresholds), len(predicted)), dtype=bool)
    taken = np.zeros((len(thresholds), len(truth)), dtype=bool)
    of_video: dict[str, list[int]] = defaultdict(list)
    for number, detection in enumerate(truth):
        of_video[detection.video].append(number)
    span = np.array([(detection.start, detection.stop) for detection in truth])
    for place, number in enumerate(order):
        rivals = np.array(of_video.get(predicted[number].video, ()), dtype=np.int64)
        overlap = temporal_iou(predicted[number].start, predicted[number].stop, span[rivals])
        for choice in overlap.argsort(kind="stable")[::-1]:
            free = (overlap[choice] >= np.asarray(thresholds)) & ~hit[:, place] & ~taken[:, rivals[choice]]
            hit[free, place] = taken[free, rivals[choice]] = True
    return np.array([_interpolated(row, len(truth)) for row in hit])


def temporal_iou(start: float, stop: float, span: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far start to stop overlaps each of the stretches `[N, 2]`: what they share over what they cover, `[N]`."""
    shared = (np.minimum(stop, span[:, 1]) - np.maximum(start, span[:, 0])).clip(min=0)
    covered = (stop - start) + (span[:, 1] - span[:, 0]) - shared
    return np.divide(shared, covered, out=np.zeros(shared.shape), where=covered > 0)


def _interpolated(hit: NDArray[np.bool_], wanted: int) -> float:
    """The area under precision over recall, where precision is the best at that recall or higher (VOC 2011)."""
    if not len(hit):
        return 0.0
    found = hit.cumsum()
    precision = found / np.arange(1, len(hit) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[hit].sum() / wanted)

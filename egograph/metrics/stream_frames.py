"""Online action detection frame by frame: mAP, and mcAP calibrated for how rare a class is, as for THUMOS and TVSeries.

mcAP is of De Geest et al., Online Action Detection (arXiv 1604.06506).
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.metrics.submission import refuse, section
from egograph.spelling import did_you_mean

_KEYS = ("fps", "class_names", "background_index", "ambiguous_index", "videos")


def score(file: Path) -> dict[str, float]:
    """`mAP` and `mcAP`, 0 … 1, over the classes that have a frame.

    The frames of all videos are one list. Those of the ambiguous class are left out, and neither that class nor the
    background is scored.

    Args:
        file: `{"fps", "class_names", "background_index", "ambiguous_index", "videos": {name: {"scores": [T][C],
            "targets": [T][C]}}}`, targets 0 or 1; an index may be null, or absent.

    Raises:
        EgographError: the file does not fit, or no class has a frame.
    """
    content = read_object(file, "scores and targets of frames", unique=True)
    if unknown := [key for key in content if key not in _KEYS]:
        raise EgographError(
            f"{file}: unknown key {unknown[0]!r}{did_you_mean(unknown[0], _KEYS)}; give {', '.join(_KEYS)}"
        )
    names = content.get("class_names")
    if not isinstance(names, list) or not names:
        raise EgographError(f"{file}: no list 'class_names'; name the classes")
    ignored = {key: _index(file, content, f"{key}_index", len(names)) for key in ("background", "ambiguous")}
    scores, targets = _read(file, section(file, content, "videos"), len(names))
    if ignored["ambiguous"] is not None:
        clear = targets[:, ignored["ambiguous"]] == 0
        scores, targets = scores[clear], targets[clear]
    classes = [number for number in range(len(names)) if number not in ignored.values() and targets[:, number].any()]
    if not classes:
        raise EgographError(f"{file}: no frame of any class; give videos with actions")
    return {
        "mAP": float(np.mean([average_precision_score(targets[:, c], scores[:, c]) for c in classes])),
        "mcAP": float(np.mean([calibrated_average_precision(targets[:, c], scores[:, c]) for c in classes])),
    }


def calibrated_average_precision(target: NDArray[np.int64], score: NDArray[np.float64]) -> float:
    """The mean, over the frames of a class, of w · TP / (w · TP + FP) down to each, w negatives for each positive.

    Of equal scores the first frame counts first; that order matters is the measure's own.
    """
    hit = target[(-score).argsort(kind="stable")] == 1
    true, false = hit.cumsum(), (~hit).cumsum()
    weighted = true * ((~hit).sum() / hit.sum())
    precision = np.divide(weighted, weighted + false, out=np.ones(len(hit)), where=false > 0)
    return float(precision[hit].mean())


def _index(file: Path, content: dict[str, Any], key: str, classes: int) -> int | None:
    value = content.get(key)
    if value is not None and (type(value) is not int or not 0 <= value < classes):
        raise EgographError(f"{file}: {key} is {value!r}; give a class index below {classes}, or null")
    return value


def _read(file: Path, videos: dict[str, Any], classes: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Scores and targets `[frames, C]` of all videos in a row."""
    tables = {
        name: tuple(_table(entry, key, classes) for key in ("scores", "targets")) for name, entry in videos.items()
    }
    remedy = f"give lists of {classes} numbers a frame, scores finite and targets 0 or 1, equally many frames of both"
    wrong = [f"{name} ({fault})" for name, (scores, targets) in tables.items() if (fault := _fault(scores, targets))]
    if wrong or not tables:
        refuse(file, "no scores and targets", wrong or ["no video"], remedy)
    scores, targets = (np.concatenate(part) for part in zip(*tables.values(), strict=True))
    return scores, targets.astype(np.int64)


def _fault(scores: NDArray[np.float64] | None, targets: NDArray[np.float64] | None) -> str:
    """What is wrong with a video's tables; empty if nothing is."""
    if scores is None:
        return "scores are no such lists"
    if targets is None:
        return "targets are no such lists"
    if len(scores) != len(targets):
        return f"{len(scores)} frames of scores, {len(targets)} of targets"
    other = targets[~np.isin(targets, (0, 1))]
    return f"a target of {other[0]:g}" if len(other) else ""


def _table(entry: Any, key: str, classes: int) -> NDArray[np.float64] | None:
    """The finite numbers `[T, C]` under a key, None if they are not that."""
    try:
        table = np.array(entry[key])
    except (KeyError, TypeError, ValueError):
        return None
    sound = table.ndim == 2 and table.shape[1] == classes and table.dtype.kind in "biuf"
    return table.astype(np.float64) if sound and np.isfinite(table).all() else None

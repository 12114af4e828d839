"""A file of predictions: read, and refused in one line where it does not fit its benchmark."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import numpy as np
from numpy.typing import NDArray

from egograph.errors import EgographError


def refuse(path: Path, what: str, offenders: Sequence[object], remedy: str) -> NoReturn:
    """Says what is wrong with a file, who is the first of how many, and what to do.

    Raises:
        EgographError: always.
    """
    more = f" and {len(offenders) - 1} more" if len(offenders) > 1 else ""
    raise EgographError(f"{path}: {what}: {offenders[0]}{more}; {remedy}")


def check_ids(path: Path, what: str, found: Collection[str], wanted: Collection[str]) -> None:
    """Refuses a file that lacks one of the ids `wanted` of `what`, or has another.

    Raises:
        EgographError: so it is.
    """
    remedy = f"give exactly the {len(wanted)} of the annotations"
    if missing := [name for name in wanted if name not in found]:
        refuse(path, f"{what} missing", missing, remedy)
    known = set(wanted)
    if unknown := [name for name in found if name not in known]:
        refuse(path, f"unknown {what}", unknown, remedy)


def section(path: Path, content: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The object under a key.

    Raises:
        EgographError: there is none.
    """
    value = content.get(key)
    if not isinstance(value, dict):
        raise EgographError(f"{path}: no {key!r} object; add it as the benchmark's format has it")
    return value


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether it is a finite number of JSON."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def class_scores(
    path: Path, results: Mapping[str, Any], ids: Sequence[str], task: str, classes: int
) -> NDArray[np.float64]:
    """The scores `[N, classes]` under `task` of each of `N` ids, where they are objects from class id to score.

    Raises:
        EgographError: one lacks a class, has another, or has a score that is no finite number.
    """
    keys = [str(number) for number in range(classes)]
    known = set(keys)
    entries = [results[name].get(task) if isinstance(results[name], dict) else None for name in ids]
    remedy = f"give one score for each class 0 … {classes - 1}"
    if absent := [name for name, entry in zip(ids, entries, strict=True) if not isinstance(entry, dict)]:
        refuse(path, f"no {task} scores", absent, remedy)
    rows = [entry for entry in entries if isinstance(entry, dict)]
    if any(row.keys() != known for row in rows):
        missing = _named(ids, ([key for key in keys if key not in row] for row in rows), task)
        unknown = _named(ids, ([key for key in row if key not in known] for row in rows), task)
        refuse(path, "class missing" if missing else "unknown class", missing or unknown, remedy)
    wrong = _named(ids, ([key for key, value in row.items() if not is_number(value)] for row in rows), task)
    if wrong:
        refuse(path, "score not a finite number", wrong, remedy)
    return np.array([[row[key] for key in keys] for row in rows], dtype=np.float64).reshape(-1, classes)


def _named(ids: Sequence[str], offenders: Iterable[list[str]], task: str) -> list[str]:
    return [f"{name} {task} {key}" for name, keys in zip(ids, offenders, strict=True) for key in keys]

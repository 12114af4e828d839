"""The frame of a submission to the EPIC-KITCHENS-100 challenges: version, challenge, supervision level, results."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.metrics.epic_truth import NOUNS, VERBS, EpicTruth
from egograph.metrics.submission import check_ids, class_scores, section

VERSION = "0.2"
LEVELS = ("sls_pt", "sls_tl", "sls_td")
HIGHEST_LEVEL = 5


def read_results(path: Path, challenge: str) -> dict[str, Any]:
    """The results in a submission to a challenge.

    Raises:
        EgographError: the file is no such submission.
    """
    content = read_object(path, f"an EPIC-KITCHENS-100 submission to {challenge}", unique=True)
    for key, wanted in (("version", VERSION), ("challenge", challenge)):
        if content.get(key) != wanted:
            raise EgographError(f'{path}: {_told(content, key)}; give "{key}": "{wanted}"')
    for key in LEVELS:
        level = content.get(key)
        if type(level) is not int or not 0 <= level <= HIGHEST_LEVEL:
            raise EgographError(f"{path}: {_told(content, key)}; give the supervision level, 0 … {HIGHEST_LEVEL}")
    return section(path, content, "results")


def _told(content: Mapping[str, Any], key: str) -> str:
    return f"{key} is {content[key]!r:.40}" if key in content else f"no {key}"


def parse_action(text: object) -> tuple[int, int] | None:
    """`"verb,noun"` as class ids; None where it is no such text."""
    try:
        verb, noun = (int(part) for part in str(text).split(","))
    except ValueError:
        return None
    return (verb, noun) if 0 <= verb < VERBS and 0 <= noun < NOUNS else None


def read_scores(
    path: Path, challenge: str, truth: EpicTruth
) -> tuple[dict[str, Any], NDArray[np.float64], NDArray[np.float64]]:
    """The results for each segment, and its verb scores `[N, 97]` and noun scores `[N, 300]`.

    Raises:
        EgographError: the file is no such submission, or not of these segments.
    """
    results = read_results(path, challenge)
    check_ids(path, "narration ids", results, truth.ids)
    verb, noun = (class_scores(path, results, truth.ids, *task) for task in (("verb", VERBS), ("noun", NOUNS)))
    return results, verb, noun

"""The frame of a submission to the EPIC-KITCHENS-100 challenges: version, challenge, supervision level, results."""

from pathlib import Path
from typing import Any

from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.metrics.submission import section

VERSION = "0.2"
LEVELS = ("sls_pt", "sls_tl", "sls_td")
HIGHEST_LEVEL = 5


def read_results(path: Path, challenge: str) -> dict[str, Any]:
    """The results in a submission to a challenge.

    Raises:
        EgographError: the file is no such submission.
    """
    content = read_object(path, f"an EPIC-KITCHENS-100 submission to {challenge}")
    for key, wanted in (("version", VERSION), ("challenge", challenge)):
        if content.get(key) != wanted:
            raise EgographError(f'{path}: {key} is {content.get(key)!r}; give "{key}": "{wanted}"')
    for key in LEVELS:
        level = content.get(key)
        if type(level) is not int or not 0 <= level <= HIGHEST_LEVEL:
            raise EgographError(f"{path}: {key} is {level!r}; give the supervision level, 0 … {HIGHEST_LEVEL}")
    return section(path, content, "results")

"""A JSON file that has to hold an object."""

import json
from pathlib import Path
from typing import Any

from egograph.errors import EgographError


def read_object(path: Path, what: str) -> dict[str, Any]:
    """The JSON object in a file that should be `what`.

    Raises:
        EgographError: there is no such file, or no JSON object in it.
    """
    if not path.is_file():
        raise EgographError(f"{path}: no such file; give {what}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise EgographError(f"{path}: no JSON ({fault}); give {what}") from None
    if not isinstance(content, dict):
        raise EgographError(f"{path}: no JSON object; give {what}")
    return content

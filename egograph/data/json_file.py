"""A JSON file that has to hold an object."""

import json
from pathlib import Path
from typing import Any

from egograph.errors import EgographError


def read_object(path: Path, what: str, unique: bool = False) -> dict[str, Any]:
    """The JSON object in a file that should be `what`.

    Args:
        path: the file.
        what: is told where it is not.
        unique: refuse an object that has a key twice, of which the last would count.

    Raises:
        EgographError: there is no such file, or no JSON object in it.
    """
    if path.is_dir() or not path.exists():
        raise EgographError(f"{path}: {'a folder' if path.is_dir() else 'no such file'}; give {what}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique if unique else None)
    except ValueError as fault:
        raise EgographError(f"{path}: no JSON ({fault}); give {what}") from None
    except RecursionError:
        raise EgographError(f"{path}: nested too deeply; give {what}") from None
    if not isinstance(content, dict):
        raise EgographError(f"{path}: no JSON object; give {what}")
    return content


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} twice")
    return found

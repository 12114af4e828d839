"""The folder that a run's results go to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from egograph.errors import EgographError, UsageError
from egograph.run_folder import RunFolder


@contextmanager
def run_folder(output: Path) -> Iterator[RunFolder]:
    """Give the run's folder, made and found writable; a run that fails before it wrote anything leaves none behind.

    Raises:
        UsageError: the folder cannot be made, or nothing can be written in it.
    """
    made = [path for path in (output, *output.parents) if not os.path.exists(path)]
    try:
        try:
            place = RunFolder(output)
        except EgographError as fault:
            raise UsageError(str(fault)) from fault
        yield place
    finally:
        for path in made:
            if os.path.isdir(path) and not any(path.iterdir()):
                path.rmdir()

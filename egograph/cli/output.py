"""The folder that a run's results go to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from egograph.errors import EgographError, UsageError
from egograph.run_folder import RunFolder


@contextmanager
def run_folder(output: Path | None, command: str) -> Iterator[RunFolder]:
    """Give the run's folder, made and found writable; a run that fails before it wrote anything leaves none behind.

    Args:
        output: the folder that the user named; None for a dated one under `outputs/`.
        command: the command's name, for the dated folder.

    Raises:
        UsageError: the folder cannot be made, or nothing can be written in it.
    """
    folder = output or Path("outputs", command, f"{datetime.now():%Y-%m-%d_%H-%M-%S}")
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        try:
            place = RunFolder(folder)
        except EgographError as fault:
            raise UsageError(str(fault)) from fault
        yield place
    finally:
        for path in made:
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()

"""The config groups as they lie on disk. Light to import, as help is."""

from pathlib import Path

import egograph


def configs_folder() -> Path:
    """Where the package's configs lie."""
    return Path(egograph.__file__).parent / "configs"


def group_options(group: str) -> list[str]:
    """The files that a config group offers."""
    return sorted(path.stem for path in (configs_folder() / group).glob("*.yaml"))

"""The config groups as they lie on disk. Light to import, as help is."""

from pathlib import Path

import egograph

EXPERIMENT = "experiment"  # the group whose option says what keys a command has


def configs_folder() -> Path:
    """Where the package's configs lie."""
    return Path(egograph.__file__).parent / "configs"


def group_options(group: str) -> list[str]:
    """The files that a config group offers."""
    return sorted(path.stem for path in (configs_folder() / group).glob("*.yaml"))


def group_keys(group: str, option: str) -> set[str]:
    """The keys that a group's option sets."""
    from omegaconf import OmegaConf

    return set(OmegaConf.load(configs_folder() / group / f"{option}.yaml"))


def experiments_of(command: str) -> list[str]:
    """The experiments that a command knows: its own group of configs holds the keys of each. Most know none."""
    known = set(group_options(EXPERIMENT))
    return [option for option in group_options(command) if option in known]

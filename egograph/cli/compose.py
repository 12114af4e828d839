"""From a command's overrides to its config, by Hydra, with every fault told in one line."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from egograph.cli.groups import EXPERIMENT, configs_folder, experiments_of, group_options
from egograph.errors import UsageError
from egograph.spelling import did_you_mean

CODE_KEYS = ("_target_", "_partial_", "_args_")


@dataclass(frozen=True)
class Composed:
    """What Hydra composed.

    Attributes:
        config: the command's config.
        groups: its config groups, each with the option chosen.
    """

    config: DictConfig
    groups: dict[str, Any]


def compose(command: str, overrides: Sequence[str]) -> Composed:
    """Compose a command's config.

    Raises:
        UsageError: an override cannot be read, names no key or no option, sweeps, or names code to run.
    """
    read = [_read(word) for word in overrides]
    with _one_line(), initialize_config_dir(str(configs_folder()), version_base="1.3"):
        right = experiments_of(command)
        experiments = [override for override in read if right and override.key_or_group == EXPERIMENT]
        for experiment in experiments:
            _check_experiment(experiment, command, right)
        words = [_word(experiment) for experiment in experiments]
        groups = _groups(hydra_compose(command, words, return_hydra_config=True), command)
        choices = [override for override in read if override.key_or_group in groups]
        for choice in choices:
            _check_choice(choice)
        grouped = hydra_compose(command, [_word(choice) for choice in choices])
        for override in read:
            if override.key_or_group not in groups:
                _check_key(override, grouped, groups)
        words = [_word(override) for override in read]
        chosen = _groups(hydra_compose(command, words, return_hydra_config=True), command)
        return Composed(hydra_compose(command, words), chosen)


def plain(config: DictConfig) -> dict[str, Any]:
    """A config as plain values, its interpolations resolved.

    Raises:
        UsageError: an interpolation names nothing.
    """
    with _one_line():
        values: Any = OmegaConf.to_container(config, resolve=True)
    return values


def keys(config: DictConfig) -> list[str]:
    """Every dotted key of a config, groups of keys included."""
    return list(_keys(OmegaConf.to_container(config, resolve=False), ""))


def _keys(values: Any, at: str) -> Iterator[str]:
    if isinstance(values, Mapping):
        for name, value in values.items():
            yield f"{at}{name}"
            yield from _keys(value, f"{at}{name}.")


def _read(word: str) -> Override:
    parser = OverridesParser.create()
    try:
        override = parser.parse_override(word)
    except HydraException:  # Hydra's grammar has no umlauts, brackets or '=' in plain text
        name, _, value = word.partition("=")
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        try:
            override = parser.parse_override(f'{name}="{quoted}"')
        except HydraException:
            raise UsageError(f"{word}: cannot be read as key=value; quote the value") from None
    if override.is_sweep_override():
        raise UsageError(f"{word}: a sweep; one run takes one value (a list is [a,b])")
    key = override.key_or_group
    for code in CODE_KEYS:
        if code in key.split(".") or code in _keys_within(override.value()):
            raise UsageError(f"{key}: {code} is refused, no config names code to run; choose by name, as encoder=tiny")
    return override


def _keys_within(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [str(key) for key in value] + [name for inner in value.values() for name in _keys_within(inner)]
    return [name for inner in value for name in _keys_within(inner)] if isinstance(value, list) else []


def _word(override: Override) -> str:
    return str(override.input_line)


def _groups(config: DictConfig, command: str) -> dict[str, Any]:
    """The groups to choose from; that of a command's own keys, called as the command, follows the experiment."""
    hidden = command if EXPERIMENT in config.hydra.runtime.choices else ""
    choices = config.hydra.runtime.choices.items()
    return {group: option for group, option in choices if not group.startswith("hydra/") and group != hidden}


def _check_choice(override: Override) -> None:
    group, option = override.key_or_group, override.value()
    right = group_options(group)
    if option is not None and option not in right:
        raise UsageError(
            f"{group}={override.get_value_element_as_str()}: no such option of {group}"
            f"{did_you_mean(str(option), right)}; there is {', '.join(right)}"
        )


def _check_experiment(choice: Override, command: str, right: Sequence[str]) -> None:
    """Refuses an experiment that another command alone has."""
    if choice.value() not in right and choice.value() in group_options(EXPERIMENT):
        raise UsageError(f"{choice.input_line}: is not for `egograph {command}`; there is {', '.join(right)}")
    _check_choice(choice)


def _check_key(override: Override, config: DictConfig, groups: Mapping[str, Any]) -> None:
    key = override.key_or_group
    right = keys(config)
    if key in right:
        return
    group = key.partition(".")[0]
    if group in groups and group in config and config[group] is None:
        raise UsageError(f"{key}: no {group} is chosen; choose one too: {group}={'|'.join(group_options(group))}")
    raise UsageError(f"{key}: no such key{did_you_mean(key, right)}")


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except (HydraException, OmegaConfBaseException, ValueError) as fault:
        raise UsageError(str(fault).strip().splitlines()[0]) from fault

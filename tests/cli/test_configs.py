"""The YAML under configs/ says what the dataclasses say."""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from egograph.cli.commands import COMMANDS
from egograph.cli.compose import compose, plain
from egograph.cli.groups import configs_folder, group_options
from egograph.cli.help import config_keys
from egograph.config import UNSET, build, options

_GIVEN = {"action": "ls", "name": "kernels"}
_BY_EXPERIMENT = {"experiment", "train", "evaluate"}  # the latter hold all the keys that a command has for one
_ALONE = {"message_passing": {"layer": "none"}}
WHAT_MAKES_IT_ANOTHER: Mapping[str, dict[str, Any]] = {
    "toy_kitchen_control": {"architecture": "frames"},
    "toy_kitchen_without_graph": {"sizes": {"recogniser": _ALONE}},
    "epic100_visor_without_graph": {"recogniser": _ALONE},
}
GROUPS = sorted(path.name for path in configs_folder().iterdir() if path.is_dir() and path.name not in _BY_EXPERIMENT)


def config_classes(command: str) -> dict[str, type]:
    """The dataclasses of a command by experiment; of one that knows no experiments, by an empty name."""
    found = getattr(import_module(f"egograph.cli.{command}"), COMMANDS[command].config)
    return dict(found) if isinstance(found, Mapping) else {"": found}


ALL = [(command, experiment) for command in COMMANDS for experiment in config_classes(command)]


def composed(command: str, experiment: str) -> dict[str, Any]:
    return plain(compose(command, [f"experiment={experiment}"] if experiment else []).config)


def needed(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a class has no default for: the YAML's value, or one for what a user has to give."""
    lacking = [field.name for field in fields(kind) if field.default is field.default_factory is MISSING]
    given = {name: values[name] for name in lacking}
    return {name: _GIVEN.get(name, "given") if value == UNSET else value for name, value in given.items()}


def classes_of_group(group: str) -> set[type]:
    hints = [get_type_hints(kind) for command in COMMANDS for kind in config_classes(command).values()]
    return {kind for hint in hints if group in hint for kind in options(hint[group])}


@pytest.mark.parametrize(("command", "experiment"), ALL)
def test_a_command_without_overrides_is_its_dataclass(command, experiment):
    kind = config_classes(command)[experiment]
    values = composed(command, experiment)
    assert set(values) == {field.name for field in fields(kind)}
    given = needed(kind, values) | WHAT_MAKES_IT_ANOTHER.get(experiment, {})
    assert build(kind, {**values, **given}) == build(kind, given)


@pytest.mark.parametrize(("group", "option"), [(group, option) for group in GROUPS for option in group_options(group)])
def test_a_group_option_is_its_dataclass(group, option):
    values = yaml.safe_load((configs_folder() / group / f"{option}.yaml").read_text())
    alike = [kind for kind in classes_of_group(group) if set(values) == {field.name for field in fields(kind)}]
    names = [get_args(get_type_hints(kind).get("name")) for kind in alike]
    [kind] = [kind for kind, named in zip(alike, names, strict=True) if not named or values["name"] in named]
    assert build(kind, {**values, **needed(kind, values)}) == build(kind, needed(kind, values))


@pytest.mark.parametrize("option", group_options("experiment"))
def test_an_experiment_trains_in_a_folder_of_its_own(option):
    config = build(config_classes("train")[option], composed("train", option))
    assert config.experiment == option
    assert config.output == Path("outputs/train", option)


@pytest.mark.parametrize("option", group_options("evaluate"))
def test_an_experiment_is_evaluated_by_its_name(option):
    values = plain(compose("evaluate", [f"experiment={option}", "split=other"]).config)
    config = build(config_classes("evaluate")[option], values)
    assert (config.experiment, config.split) == (option, ("other",))


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_every_experiment_has_its_keys(command):
    assert set(config_classes(command)) == set(group_options(command)) <= set(group_options("experiment"))


@pytest.mark.parametrize(("command", "experiment"), ALL)
def test_every_key_has_a_meaning(command, experiment):
    kind = config_classes(command)[experiment]
    meaningless = [key.name for key in config_keys(kind, composed(command, experiment)) if not key.meaning]
    assert not meaningless

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
GROUPS = sorted(path.name for path in configs_folder().iterdir() if path.is_dir() and path.name not in _BY_EXPERIMENT)


def config_class(command: str) -> type:
    return getattr(import_module(f"egograph.cli.{command}"), COMMANDS[command].config)


def needed(kind: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a class has no default for: the YAML's value, or one for what a user has to give."""
    lacking = [field.name for field in fields(kind) if field.default is field.default_factory is MISSING]
    given = {name: values[name] for name in lacking}
    return {name: _GIVEN.get(name, "given") if value == UNSET else value for name, value in given.items()}


def classes_of_group(group: str) -> set[type]:
    hints = [get_type_hints(config_class(command)) for command in COMMANDS]
    return {kind for hint in hints if group in hint for kind in options(hint[group])}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_overrides_is_its_dataclass(command):
    kind = config_class(command)
    values = plain(compose(command, []).config)
    assert set(values) == {field.name for field in fields(kind)}
    assert build(kind, {**values, **needed(kind, values)}) == build(kind, needed(kind, values))


@pytest.mark.parametrize(("group", "option"), [(group, option) for group in GROUPS for option in group_options(group)])
def test_a_group_option_is_its_dataclass(group, option):
    values = yaml.safe_load((configs_folder() / group / f"{option}.yaml").read_text())
    kinds = classes_of_group(group)
    [kind] = [kind for kind in kinds if len(kinds) == 1 or values["name"] in get_args(get_type_hints(kind)["name"])]
    assert set(values) == {field.name for field in fields(kind)}
    assert build(kind, {**values, **needed(kind, values)}) == build(kind, needed(kind, values))


@pytest.mark.parametrize("option", group_options("experiment"))
def test_an_experiment_trains_in_a_folder_of_its_own(option):
    config = build(config_class("train"), plain(compose("train", [f"experiment={option}"]).config))
    assert config.experiment == option
    assert config.output == Path("outputs/train", option)
    assert config.architecture == ("frames" if option.endswith("_control") else "graph")


def test_an_experiment_is_evaluated_by_its_name():
    config = build(config_class("evaluate"), plain(compose("evaluate", ["experiment=toy_kitchen", "split=val"]).config))
    assert (config.experiment, config.split) == ("toy_kitchen", ("val",))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_key_has_a_meaning(command):
    kind = config_class(command)
    meaningless = [key.name for key in config_keys(kind, plain(compose(command, []).config)) if not key.meaning]
    assert not meaningless

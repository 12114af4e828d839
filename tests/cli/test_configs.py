"""The YAML under configs/ says what the dataclasses say."""

from dataclasses import MISSING, fields
from importlib import import_module
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from egograph.cli.commands import COMMANDS
from egograph.cli.compose import compose, plain
from egograph.cli.groups import configs_folder, group_options
from egograph.cli.help import config_keys
from egograph.config import UNSET, build, options

GROUPS = sorted(path.name for path in configs_folder().iterdir() if path.is_dir() and path.name != "experiment")


def config_class(command: str) -> type:
    return getattr(import_module(f"egograph.cli.{command}"), COMMANDS[command].config)


def defaults(kind: type) -> dict[str, Any]:
    """What YAML has to say of a dataclass: its defaults, `???` where there is none, groups left out."""
    values = {}
    for field in fields(kind):
        value = field.default_factory() if field.default_factory is not MISSING else field.default
        values[field.name] = UNSET if value is MISSING else value
    return values


def classes_of_group(group: str) -> set[type]:
    hints = [get_type_hints(config_class(command)) for command in COMMANDS]
    return {kind for hint in hints if group in hint for kind in options(hint[group])}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_overrides_is_its_dataclass(command):
    kind = config_class(command)
    values = plain(compose(command, []).config)
    assert set(values) == {field.name for field in fields(kind)}
    given = {name: "ls" if name == "action" else "given" for name, value in values.items() if value == UNSET}
    assert set(given) == {name for name, value in defaults(kind).items() if value == UNSET}
    assert build(kind, values | given) == build(kind, given)


@pytest.mark.parametrize(("group", "option"), [(group, option) for group in GROUPS for option in group_options(group)])
def test_a_group_option_is_its_dataclass(group, option):
    values = yaml.safe_load((configs_folder() / group / f"{option}.yaml").read_text())
    kinds = classes_of_group(group)
    [kind] = [
        kind for kind in kinds if len(kinds) == 1 or values["name"] in get_args(get_type_hints(kind)["name"])
    ]
    assert set(values) == {field.name for field in fields(kind)}
    given = {name: "given" for name, value in values.items() if value == UNSET}
    assert build(kind, values | given) == build(kind, given)


@pytest.mark.parametrize("option", group_options("experiment"))
@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_an_experiment_is_one_for_training_and_for_evaluation(command, option):
    config = build(config_class(command), plain(compose(command, [f"experiment={option}"]).config))
    assert config.experiment == option


@pytest.mark.parametrize("command", COMMANDS)
def test_every_key_has_a_meaning(command):
    kind = config_class(command)
    meaningless = [
        key.name for key in config_keys(kind, plain(compose(command, []).config)) if not key.meaning
    ]
    assert not meaningless

"""Help: the commands, and the keys of each with meaning and default, read from the dataclasses."""

import inspect
import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_type_hints

import egograph
from egograph.cli.commands import COMMANDS, Command
from egograph.cli.groups import EXPERIMENT, experiments_of, group_keys, group_options
from egograph.config import UNSET, chosen, dotted, options

_OPTIONS = {
    "--cfg job": "print the composed config as YAML and stop",
    "--json": "make the last line of stdout one JSON object",
    "--verbose": "say more, and show the stack trace of an error",
    "--help": "print this",
}
_EXIT_CODES = (
    "Exit codes: 0 all done; 1 something failed, with its line on stderr; 2 the command was wrong; 130 interrupted."
)


@dataclass(frozen=True)
class Key:
    """One key of a command's config.

    Attributes:
        name: dotted.
        default: what it is unless it is overridden, as an override would say it.
        meaning: from the docstring of its dataclass.
    """

    name: str
    default: str
    meaning: str


def overview() -> str:
    """The help of `egograph --help`."""
    return "\n".join(
        [
            f"egograph {egograph.__version__}: says, while first-person video plays, what the hands are doing.",
            "",
            "usage: egograph COMMAND [SOURCE…] [key=value…] [options]",
            "",
            "commands:",
            *_table({command.name: command.summary for command in COMMANDS.values()}),
            "",
            "Sources and Hydra overrides (`stream.fps=4 encoder=dinov2`) come in any order.",
            "`egograph COMMAND --help` lists a command's keys, with meaning and default.",
            "",
            "options:",
            *_table(_OPTIONS | {"--version": "print the version"}),
            "",
            _EXIT_CODES,
        ]
    )


def command_help(command: Command, kind: type, values: Mapping[str, Any], groups: Mapping[str, Any]) -> str:
    """The help of `egograph COMMAND --help`.

    Args:
        command: the command.
        kind: the dataclass of its config.
        values: its composed config; overrides that came with `--help` show in it.
        groups: its config groups with the options chosen.
    """
    usage = " ".join([command.name, *(positional.usage for positional in command.positionals)])
    meaning = meanings(kind)
    by_name = {
        f"{group}={_shown(option)}": f"{meaning.get(group, '')}; one of {', '.join(_offered(command, kind, group))}"
        for group, option in sorted(groups.items())
    }
    named = {*groups, *(f"{group}.name" for group in groups)}
    keys = [key for key in config_keys(kind, values) if key.name not in named]
    sections = [
        [f"egograph {command.name}: {command.summary}", "", f"usage: egograph {usage} [key=value…] [options]"],
        _section("words:", {positional.metavar: positional.meaning for positional in command.positionals}),
        _section("groups of keys, chosen by name:", by_name),
        _section("keys:", {f"{key.name}={key.default}": key.meaning for key in keys}),
        _section("options:", _own_options(command) | _OPTIONS),
        ["examples:", *(f"  {example}" for example in command.examples)] if command.examples else [],
        [_EXIT_CODES],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section)


def _own_options(command: Command) -> dict[str, str]:
    valued = {f"--{key} …": f"the same as {key}=…" for key in command.options}
    return valued | {f"--{key}": f"the same as {key}=true" for key in command.switches}


def _offered(command: Command, kind: type, group: str) -> list[str]:
    """The options of a group that fit the command's config: those of another dataset's have other keys."""
    if group == EXPERIMENT:
        return experiments_of(command.name)
    known = [{field.name for field in fields(part)} for part in options(get_type_hints(kind).get(group))]
    return [option for option in group_options(group) if any(group_keys(group, option) <= keys for keys in known)]


def config_keys(kind: type, values: Mapping[str, Any], at: str = "") -> Iterator[Key]:
    """The keys of a dataclass and of those inside it, in their order; a group comes as its keys alone."""
    hints, meaning = get_type_hints(kind), meanings(kind)
    inner = []
    for field in fields(kind):
        name, value = field.name, values.get(field.name)
        if isinstance(value, Mapping) and options(hints[name]):
            inner.append((chosen(hints[name], value, dotted(at, name)), value, dotted(at, name)))
        else:
            yield Key(dotted(at, name), _shown(value), meaning.get(name, ""))
    for part in inner:
        yield from config_keys(*part)


def meanings(kind: type) -> dict[str, str]:
    """What the docstrings of a dataclass and of its bases say of each field, under `Attributes:` or `Args:`."""
    found: dict[str, str] = {}
    for base in reversed(kind.__mro__):
        if is_dataclass(base):
            doc = inspect.cleandoc(base.__doc__ or "")
            for section in re.findall(r"^(?:Attributes|Args):\n((?:    .*\n?|\n)+)", doc, re.MULTILINE):
                for name, text in re.findall(r"^    (\w+): ((?:.*\n?)(?:^     .*\n?)*)", section, re.MULTILINE):
                    found[name] = " ".join(text.split()).removesuffix(".")
    return found


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if value == UNSET:
        return "…"
    return f"[{','.join(map(_shown, value))}]" if isinstance(value, list | tuple) else str(value)


def _section(title: str, rows: Mapping[str, str]) -> list[str]:
    return [title, *_table(rows)] if rows else []


def _table(rows: Mapping[str, str]) -> list[str]:
    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    left = min(max(map(len, rows)), 34) + 4
    lines = []
    for name, text in rows.items():
        folded = textwrap.wrap(text, max(width - left, 30)) or [""]
        head = f"  {name}".ljust(left)
        if len(name) + 4 > left:
            lines.append(head.rstrip())
            head = " " * left
        lines.append((head + folded[0]).rstrip())
        lines += [" " * left + line for line in folded[1:]]
    return lines

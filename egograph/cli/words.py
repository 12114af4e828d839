"""A command's words: options, sources and Hydra overrides, in any order."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from egograph.cli.commands import COMMANDS
from egograph.errors import UsageError
from egograph.spelling import did_you_mean

_OVERRIDE = re.compile(r"(?:\+\+?|~)?[A-Za-z_]\w*(?:\.\w+)*(?:@[\w.]+)?=|~[A-Za-z_][\w.]*$")
_FLAGS = ("--json", "--verbose", "--help")
_SWITCHES = tuple(sorted({f"--{key}" for command in COMMANDS.values() for key in command.switches}))
_VALUED = ("--cfg", *sorted({f"--{key}" for command in COMMANDS.values() for key in command.options}))


@dataclass(frozen=True)
class Words:
    """What was typed after `egograph`, without `--json` and `--verbose`, which hold even where the rest is wrong.

    Attributes:
        command: a key of `COMMANDS`; empty where help was asked for without one.
        sources: the words that are no overrides.
        overrides: Hydra overrides.
        cfg: print the composed config instead of running.
        help: print help instead of running.
        version: print the version instead of running.
    """

    command: str = ""
    sources: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    cfg: bool = False
    help: bool = False
    version: bool = False


def read_words(argv: Sequence[str]) -> Words:
    """Sort the words.

    A word with `=` that is an existing file is a source.

    Raises:
        UsageError: an unknown command or option, or an option without its value.
    """
    options: dict[str, str] = {}
    plain: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        name = {"-h": "--help", "-v": "--verbose"}.get(name, name)
        if not word.startswith("-") or word == "-":
            plain.append(word)
        elif name in _VALUED:
            if not equals and not rest:
                raise UsageError(f"{name}: needs a value; give {name}={'job' if name == '--cfg' else '…'}")
            options[name] = value if equals else rest.pop(0)
        elif name in (*_FLAGS, *_SWITCHES, "--version") and not equals:
            options[name] = ""
        else:
            raise UsageError(
                f"{word}: no such option{did_you_mean(name, (*_FLAGS, *_SWITCHES, *_VALUED, '--version'))}"
            )
    if options.get("--cfg", "job") != "job":
        raise UsageError(f"--cfg {options['--cfg']}: not one of job; give --cfg job")
    command, sources, overrides = _sort(plain)
    for name in sorted(options.keys() & {*_VALUED, *_SWITCHES} - {"--cfg"}):
        _place(command, name, options[name], sources, overrides)
    return Words(
        command,
        tuple(sources),
        tuple(overrides),
        cfg="--cfg" in options,
        help="--help" in options,
        version="--version" in options,
    )


def _sort(plain: Sequence[str]) -> tuple[str, list[str], list[str]]:
    if not plain:
        return "", [], []
    command, *words = plain
    if command not in COMMANDS:
        raise UsageError(
            f"{command}: no such command{did_you_mean(command, COMMANDS)}; the commands are {', '.join(COMMANDS)}"
        )
    overrides = [word for word in words if _is_override(word)]
    return command, [word for word in words if not _is_override(word)], overrides


def _place(command: str, name: str, value: str, sources: list[str], overrides: list[str]) -> None:
    """Puts the value of an option `--key` where the key's is: among the sources, or among the overrides."""
    key = name.removeprefix("--")
    owners = [owner.name for owner in COMMANDS.values() if key in (*owner.options, *owner.switches)]
    if command not in owners:
        raise UsageError(f"{name}: an option of {' and '.join(owners)} alone; leave it out")
    if any(positional.key == key for positional in COMMANDS[command].positionals):
        sources.append(value)
    else:
        overrides.append(f"{key}={'true' if name in _SWITCHES else value}")


def _is_override(word: str) -> bool:
    return bool(_OVERRIDE.match(word)) and not os.path.exists(word)

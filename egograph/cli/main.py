"""The command line: words in, exit code out."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import egograph
from egograph.cli.commands import COMMANDS, Command
from egograph.cli.log import log_to_stderr
from egograph.cli.outcome import DONE, SOME_FAILED, WRONG_WORDS, Outcome
from egograph.cli.words import Words, read_words
from egograph.config import UNSET, build
from egograph.errors import EgographError, UsageError
from egograph.memory import keep_freed_memory

_INTERRUPTED = 130  # what a shell expects after Ctrl-C


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Results go to stdout, everything for humans to stderr. A user's mistake is one line; a stack trace comes only with
    `--verbose`.

    Args:
        argv: the words after `egograph`; those of the process if left out.

    Returns:
        The exit code: 0 all done; 1 something failed, with its line on stderr; 2 the command was wrong; 130
        interrupted.
    """
    typed = sys.argv[1:] if argv is None else list(argv)
    verbose = "--verbose" in typed or "-v" in typed
    with log_to_stderr(verbose) as log:
        try:
            outcome = _run(read_words(typed))
            sys.stdout.flush()
        except BrokenPipeError:  # the reader went away, as `head` does
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return SOME_FAILED
        except KeyboardInterrupt:
            outcome = Outcome(_INTERRUPTED, {"error": "interrupted"})
            log.error("interrupted")
        except Exception as fault:
            outcome = Outcome(WRONG_WORDS if isinstance(fault, UsageError) else SOME_FAILED, {"error": _line(fault)})
            log.error(_line(fault), exc_info=verbose)
    if "--json" in typed:
        print(json.dumps({"exit_code": outcome.exit_code, **outcome.record}, ensure_ascii=False))
    elif outcome.text:
        print(outcome.text)
    return outcome.exit_code


def _run(words: Words) -> Outcome:
    if words.version:
        print(egograph.__version__)
        return Outcome()
    if not words.command:
        from egograph.cli.help import overview

        print(overview())
        return Outcome(DONE if words.help else WRONG_WORDS)
    command = COMMANDS[words.command]
    config, groups = _compose(command, words)
    if words.cfg:
        from omegaconf import OmegaConf

        print(OmegaConf.to_yaml(config), end="")
        return Outcome()
    return _call(command, config, groups, words.help)


def _compose(command: Command, words: Words) -> tuple[Any, dict[str, Any]]:
    """The command's config, its sources in it, and the options of its groups."""
    from egograph.cli.compose import compose

    composed = compose(command.name, words.overrides)
    for key, value in _by_key(command, words.sources).items():
        composed.config[key] = value
    return composed.config, composed.groups


def _by_key(command: Command, sources: Sequence[str]) -> dict[str, list[str] | str]:
    """The sources under the keys that they set."""
    positionals = command.positionals
    if sources and not positionals:
        raise UsageError(
            f"{sources[0]}: {command.name} takes key=value words alone; see egograph {command.name} --help"
        )
    many = bool(positionals) and positionals[-1].many
    if len(sources) > len(positionals) and not many:
        enough = " and ".join(f"one {positional.metavar}" for positional in positionals)
        verb = "is" if len(positionals) == 1 else "are"
        raise UsageError(f"{sources[len(positionals)]}: {enough} {verb} enough for {command.name}; leave it out")
    escaped = [source.replace("${", "\\${") for source in sources]  # `${` would be read as an interpolation
    single = positionals[:-1] if many else positionals
    found: dict[str, list[str] | str] = {p.key: word for p, word in zip(single, escaped, strict=False)}
    if many and len(escaped) > len(single):
        found[positionals[-1].key] = escaped[len(single) :]
    return found


def _call(command: Command, config: Any, groups: dict[str, Any], help_wanted: bool) -> Outcome:
    from egograph.cli.compose import plain

    values = plain(config)
    module = import_module(f"egograph.cli.{command.name}")
    kind = getattr(module, command.config)
    if isinstance(kind, Mapping):
        kind = kind[values["experiment"]]
    if help_wanted:
        from egograph.cli.help import command_help

        print(command_help(command, kind, values, groups))
        return Outcome()
    for positional in command.positionals:
        if positional.needed and values[positional.key] in (None, UNSET, []):
            raise UsageError(f"egograph {command.name}: no {positional.metavar}; give {positional.meaning}")
    keep_freed_memory()
    outcome: Outcome = module.run(build(kind, values))
    return outcome


def _line(fault: Exception) -> str:
    """A fault in one line; what no one foresaw is called so."""
    text = " ".join(str(fault).split())
    if isinstance(fault, EgographError):
        return text
    if isinstance(fault, OSError) and fault.filename:
        return f"{fault.filename}: {fault.strerror}"
    return f"a fault of egograph's own: {type(fault).__name__}: {text}; run again with --verbose and report it"


if __name__ == "__main__":
    sys.exit(main())

"""What a command leaves behind for the shell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DONE, SOME_FAILED, WRONG_WORDS = 0, 1, 2


@dataclass(frozen=True)
class Outcome:
    """The end of a run.

    Attributes:
        exit_code: 0 all done; 1 something failed, with its line on stderr; 2 the command was wrong; 130 interrupted.
        record: what `--json` prints as stdout's last line.
        text: what stdout shows in its place without `--json`.
    """

    exit_code: int = DONE
    record: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

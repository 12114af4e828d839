"""The one logger, `egograph`, as a person reads it on stderr."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class _Lines(logging.Handler):
    """Writes to what `sys.stderr` is at that moment, so that a progress bar can move aside."""

    def emit(self, record: logging.LogRecord) -> None:
        mark = "" if record.levelno < logging.WARNING else f"{record.levelname.lower()}: "
        print(mark + self.format(record), file=sys.stderr)


@contextmanager
def log_to_stderr(verbose: bool) -> Iterator[logging.Logger]:
    """Show the logger's lines while a command runs: from INFO on, with `verbose` from DEBUG on."""
    log = logging.getLogger("egograph")
    level, propagate = log.level, log.propagate
    handler = _Lines()
    log.addHandler(handler)
    log.setLevel(logging.DEBUG if verbose else logging.INFO)
    log.propagate = False
    try:
        yield log
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        log.propagate = propagate

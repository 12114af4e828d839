"""Progress of a run on stderr: a live table on a terminal, else a line a stream every few seconds."""

import asyncio
import logging
import sys
import time
from collections.abc import Sequence

from rich.console import Console
from rich.live import Live
from rich.table import Table

from egograph.summary import StreamTally

_log = logging.getLogger("egograph")
_EVERY = (0.5, 5.0)  # seconds, on a terminal and elsewhere


async def show_progress(under_way: Sequence[StreamTally]) -> None:
    """Show the streams that are under way, until cancelled; the caller adds to the sequence and takes from it."""
    if sys.stderr.isatty():
        with Live(_table(under_way), console=Console(stderr=True), refresh_per_second=2, transient=True) as live:
            while True:
                await asyncio.sleep(_EVERY[0])
                live.update(_table(under_way))
    while True:
        await asyncio.sleep(_EVERY[1])
        for tally in under_way:
            _log.info("%s: %s", tally.stream, ", ".join(filter(None, _cells(tally))))


def pace(tally: StreamTally) -> str:
    """How much of a stream is labelled, and how fast against real time."""
    speed = tally.seconds / max(time.monotonic() - tally.started, 1e-3)
    return f"{tally.clips} clip{'s' * (tally.clips != 1)}, {speed:.1f}x real time"


def _table(under_way: Sequence[StreamTally]) -> Table:
    table = Table("stream", "labelled", "action", box=None)
    for tally in under_way:
        table.add_row(tally.stream, *_cells(tally))
    return table


def _cells(tally: StreamTally) -> tuple[str, str]:
    label = tally.last
    if label is None:
        return "opening", ""
    return pace(tally), "unsure" if label.abstain else f"{label.action} {label.confidence:.2f}"

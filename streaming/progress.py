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
            _log.info("%s: %s", tally.stream, ", ".join(_cells(tally)))


def pace(tally: StreamTally) -> str:
    """How fast a stream is labelled against real time, as `3.1x`."""
    return f"{tally.seconds / max(time.monotonic() - tally.started, 1e-3):.1f}x"


def _table(under_way: Sequence[StreamTally]) -> Table:
    table = Table("stream", "clips", "speed", "action", box=None)
    for tally in under_way:
        table.add_row(tally.stream, *_cells(tally))
    return table


def _cells(tally: StreamTally) -> tuple[str, str, str]:
    label = tally.last
    if label is None:
        return "0 clips", "", "opening"
    action = "unsure" if label.abstain else f"{label.action} {label.confidence:.2f}"
    return f"{tally.clips} clips", pace(tally), action

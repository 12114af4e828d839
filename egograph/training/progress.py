"""Progress of long work: a bar for each part of it."""

import logging
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

log = logging.getLogger("egograph")


def progress_bars() -> Progress:
    """Bars on stderr, to be entered as a context."""
    columns = (
        TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[note]}"),
    )  # fmt: skip
    return Progress(*columns, console=Console(stderr=True), refresh_per_second=2)


def bar(bars: Progress, title: str, total: int) -> Callable[[int], None]:
    """A new bar; what is given is called with how much is done."""
    task = bars.add_task(title, total=total, note="")
    return lambda done: bars.update(task, completed=done)


def losses_bar(bars: Progress, title: str, total: int) -> Callable[[int, dict[str, float]], None]:
    """A new bar that shows a stage's losses; where stderr is no terminal they are logged every 50 steps."""
    task = bars.add_task(title, total=total, note="")
    lines = not bars.console.is_terminal

    def show(step: int, losses: dict[str, float]) -> None:
        note = " ".join(f"{name} {loss:.2f}" for name, loss in losses.items())
        bars.update(task, completed=step, note=note)
        if lines and (step % 50 == 0 or step == total):
            log.info("%s, step %d of %d: %s", title, step, total, note)

    return show

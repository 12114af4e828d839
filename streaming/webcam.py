"""The live demo: a camera, or a file played as one, labelled while one looks. Also a script: `--source 0|FILE|URL`."""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from egograph.errors import EgographError, UsageError
from egograph.model import EgoGraph
from egograph.streaming import window
from egograph.streaming.live_view import LiveView
from egograph.streaming.page import Page
from egograph.summary import RunSummary, StreamTally
from egograph.video.latest import LatestClips
from egograph.video.open_reader import open_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source, find_sources

_log = logging.getLogger("egograph")
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, kw_only=True)
class WebcamConfig:
    """What the live demo shows, and where.

    Attributes:
        source: a camera's number or device, a file, or an address.
        stream: the fixed clock.
        display: `window` or `page`; `auto` takes the window where there is a display.
        port: of the page, on this machine alone; 0 takes a free one.

    Raises:
        ValueError: a value is out of its range.
    """

    source: str = "0"
    stream: ClipSampler = field(default_factory=ClipSampler)
    display: Literal["auto", "window", "page"] = "auto"
    port: int = 8765

    def __post_init__(self) -> None:
        if not 0 <= self.port < 65536:
            raise ValueError(f"port={self.port}: has to be 0 to 65535")
        if self.stream.reader == "decord":  # it seeks in whole files
            raise ValueError("stream.reader=decord: the live demo reads with pyav; leave it out")


def run_webcam(config: WebcamConfig, model: EgoGraph) -> RunSummary:
    """Label and show the source until it ends, its window is closed, or Ctrl-C; nothing is written.

    Raises:
        SourceError: the source cannot be opened, or breaks off.
        EgographError: the page cannot be served.
        UsageError: more than one source, or no window can be opened.
    """
    began = time.monotonic()
    source = _source(config.source)
    in_window = config.display == "window" or (config.display == "auto" and window.can_open())
    if config.display == "window" and not window.can_open():
        raise UsageError("display=window: there is no display to open it on; give display=page")
    tally = StreamTally(source.name, str(source))
    model.warm_up()
    with open_reader(source, "pyav") as reader:
        clips = LatestClips(config.stream, reader, source.name)
        with LiveView(model, clips, tally, config.stream.fps) as view, _ended_by_signals(view.end):
            if in_window:
                window.show(view)
            else:
                _serve(view, config.port)
    if isinstance(view.fault, EgographError):
        _log.error("%s", view.fault)
    elif view.fault is not None:
        raise view.fault
    outcome = tally.outcome("" if view.fault is None else str(view.fault))
    return RunSummary("", time.monotonic() - began, (outcome,))


def _source(word: str) -> Source:
    sources = find_sources([word])
    if len(sources) > 1:
        raise UsageError(f"{word}: {len(sources)} videos; the live demo takes one")
    return sources[0]


def _serve(view: LiveView, port: int) -> None:
    with Page(view, port) as page:
        _log.info("%s is shown on %s; Ctrl-C ends it", view.tally.stream, page.address)
        while not view.wait(0.2):
            pass


@contextmanager
def _ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` at Ctrl-C and at SIGTERM; outside the main thread, where none arrives, do nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: end()) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    from egograph.cli.main import main

    sys.exit(main(["webcam", *sys.argv[1:]]))

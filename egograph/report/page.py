"""The report as one HTML page that needs nothing but itself."""

import base64
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from egograph import __version__
from egograph.label import ActionLabel
from egograph.report.drawing import Drawing, draw
from egograph.report.moments import Moment
from egograph.report.timeline import Timeline, clock, marks, timeline

_MOSTLY = 0.5


@dataclass(frozen=True)
class StreamRecord:
    """What the page shows of one stream."""

    name: str
    labels: tuple[ActionLabel, ...]
    moments: tuple[Moment, ...]

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.labels[-1].stop

    @cached_property
    def abstained(self) -> int:
        """Clips on which the model abstains."""
        return sum(label.abstain for label in self.labels)

    @property
    def mostly_unsure(self) -> bool:
        """Whether the model abstains on most clips."""
        return self.abstained > _MOSTLY * len(self.labels)

    @cached_property
    def timeline(self) -> Timeline:
        """The labels along the stream's time."""
        return timeline(self.labels)

    @cached_property
    def marks(self) -> list[float]:
        """Where each moment's number stands along the timeline, 0..1: at its time, but beside the one before it."""
        return marks([moment.time / self.duration for moment in self.moments], self.timeline.pixels)

    @cached_property
    def ages(self) -> tuple[int, int, int]:
        """Milliseconds: the labels' median age, the age that 95 of 100 stay within, and the highest."""
        ages = sorted(label.age_ms for label in self.labels)
        return round(statistics.median(ages)), ages[-(-95 * len(ages) // 100) - 1], ages[-1]

    def rows(self) -> list[list[object]]:
        """What the page's script shows of each clip, in the order in which it reads it."""
        return [
            [
                label.clip,
                f"{clock(label.start)} to {clock(label.stop)}",
                label.verb,
                label.noun,
                round(label.confidence, 3),
                label.abstain,
                label.age_ms,
                [[name, round(p, 3)] for name, p in label.top5["action"]],
                [[first, relation, second, round(p, 2)] for first, relation, second, p in label.triplets],
            ]
            for label in self.labels
        ]


def render(model: str, threshold: float, streams: Sequence[StreamRecord]) -> str:
    """Give the page.

    Args:
        model: what the model is called.
        threshold: the confidence below which it abstains; above 1 it was never calibrated.
        streams: one section each.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = clock
    environment.filters["drawing"] = _drawing
    environment.filters["data_url"] = _data_url
    page = environment.get_template("template.html.j2")
    return page.render(model=model, threshold=threshold, streams=streams, version=__version__)


def _drawing(moment: Moment) -> Drawing:
    return draw(moment.graph, moment.height / moment.width)


def _data_url(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")

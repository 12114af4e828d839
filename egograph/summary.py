"""What a run did, stream by stream: `summary.json`, and the last line of `--json`."""

import time
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from egograph.label import ActionLabel


@dataclass(frozen=True)
class StreamOutcome:
    """What became of one stream.

    Attributes:
        stream: the stream's name.
        source: where it came from, as the user wrote it.
        clips: clips labelled.
        seconds: where the last label stops.
        abstained: labels that abstain.
        dropped: clips that a live stream dropped to keep up.
        age_ms: median and 95th percentile of the labels' ages; empty without labels.
        fault: why it failed, in one line; empty if it did not.
    """

    stream: str
    source: str
    clips: int
    seconds: float
    abstained: int
    dropped: int = 0
    age_ms: dict[str, int] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class RunSummary:
    """What became of a run.

    Attributes:
        output: its folder.
        seconds: how long it took.
        streams: what became of each.
    """

    output: str
    seconds: float
    streams: tuple[StreamOutcome, ...]

    @property
    def failed(self) -> tuple[StreamOutcome, ...]:
        """The streams that failed; they may have labels all the same."""
        return tuple(stream for stream in self.streams if stream.fault)

    @property
    def clips(self) -> int:
        """Clips labelled."""
        return sum(stream.clips for stream in self.streams)

    def to_json(self) -> dict[str, Any]:
        """The summary as plain JSON values."""
        return {
            "output": self.output,
            "seconds": round(self.seconds, 3),
            "clips": self.clips,
            "abstained": sum(stream.abstained for stream in self.streams),
            "failed": len(self.failed),
            "streams": [asdict(stream) for stream in self.streams],
        }


class StreamTally:
    """Counts a stream's labels as they come."""

    def __init__(self, stream: str, source: str) -> None:
        self.stream, self.source = stream, source
        self.clips = self.abstained = self.dropped = 0
        self.seconds = 0.0
        self.last: ActionLabel | None = None
        self.started = time.monotonic()
        self._ages: list[int] = []

    def add(self, label: ActionLabel) -> None:
        """Count the stream's next label."""
        self.clips += 1
        self.abstained += label.abstain
        self.seconds = label.stop
        self.last = label
        self._ages.append(label.age_ms)

    def outcome(self, fault: str = "") -> StreamOutcome:
        """What became of the stream."""
        middle, high = np.percentile(self._ages, (50, 95)) if self._ages else (0, 0)
        age = {"median": round(middle), "p95": round(high)} if self._ages else {}
        return StreamOutcome(
            self.stream, self.source, self.clips, round(self.seconds, 3), self.abstained, self.dropped, age, fault
        )

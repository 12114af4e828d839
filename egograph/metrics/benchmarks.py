"""The benchmarks by name, for `egograph score`."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from egograph.errors import UsageError


@dataclass(frozen=True)
class Benchmark:
    """A benchmark that is scored.

    Attributes:
        name: what users call it.
        module: where `score` is, in `egograph.metrics`.
        meaning: what it measures, with its unit.
        annotated: whether the truth is in annotations beside the file; else they are not looked at.
        observed: whether it asks how many actions are observed.
    """

    name: str
    module: str
    meaning: str
    annotated: bool = True
    observed: bool = False

    def score(self, file: Path, annotations: Path | None, observed: int | None) -> dict[str, float]:
        """The metrics of a file.

        Raises:
            UsageError: there are no annotations and there have to be, or what is given the benchmark has no use for.
            EgographError: a file does not fit.
        """
        measure: Callable[..., dict[str, float]] = import_module(f"egograph.metrics.{self.module}").score
        if observed is not None and not self.observed:
            raise UsageError(f"{self.name}: knows no observed actions; leave --observed out")
        if not self.annotated:
            return measure(file)
        if annotations is None:
            raise UsageError(f"{self.name}: no annotations; give --annotations DIR")
        more = {} if observed is None else {"observed": observed}
        return measure(file, annotations, **more)


BENCHMARKS = {
    benchmark.name: benchmark
    for benchmark in (
        Benchmark("epic100-recognition", "epic_recognition", "EPIC-KITCHENS-100 action recognition, in percent"),
        Benchmark("epic100-anticipation", "epic_anticipation", "EPIC-KITCHENS-100 action anticipation, in percent"),
        Benchmark("epic100-detection", "epic_detection", "EPIC-KITCHENS-100 action detection, in percent"),
        Benchmark("ego4d-lta", "ego4d_lta", "Ego4D long-term anticipation, edit distance 0 … 1", observed=True),
        Benchmark("ego4d-mq", "ego4d_mq", "Ego4D moments queries, 0 … 1"),
        Benchmark("stream-frames", "stream_frames", "online detection frame by frame, 0 … 1", annotated=False),
    )
}

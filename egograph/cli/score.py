"""`egograph score`: a predictions file in a benchmark's own format, with the official metrics."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from egograph.cli.outcome import DONE, Outcome
from egograph.errors import UsageError
from egograph.metrics.benchmarks import BENCHMARKS
from egograph.spelling import did_you_mean


@dataclass(frozen=True, kw_only=True)
class ScoreConfig:
    """What `egograph score` needs to know.

    Attributes:
        benchmark: whose metrics.
        file: the predictions.
        annotations: the folder with the benchmark's annotations, under their official names.
        observed: of ego4d-lta, how many actions are observed; 8 unless given.
    """

    benchmark: str
    file: Path
    annotations: Path | None = None
    observed: Literal[4, 8] | None = None


def run(config: ScoreConfig) -> Outcome:
    """Score.

    Raises:
        UsageError: there is no such benchmark, or no annotations.
        EgographError: a file does not fit the benchmark.
    """
    benchmark = BENCHMARKS.get(config.benchmark)
    if benchmark is None:
        rest = ", ".join(BENCHMARKS)
        raise UsageError(
            f"{config.benchmark}: no such benchmark{did_you_mean(config.benchmark, BENCHMARKS)}; give {rest}"
        )
    metrics = benchmark.score(config.file, config.annotations, config.observed)
    width = max(map(len, metrics))
    rows = [f"  {name:{width}}  {value:10.4f}" for name, value in metrics.items()]
    return Outcome(DONE, {"benchmark": benchmark.name, "metrics": metrics}, "\n".join([f"{benchmark.meaning}:", *rows]))

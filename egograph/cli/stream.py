"""`egograph stream`: label many sources at once, on Ray."""

from dataclasses import dataclass, field
from pathlib import Path

from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import Outcome
from egograph.cli.output import run_folder
from egograph.cli.run_report import outcome_of, tell, tell_files
from egograph.streaming import job
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True, kw_only=True)
class StreamConfig(ModelKeys):
    """What `egograph stream` needs to know.

    Attributes:
        sources: files, folders, patterns, addresses, cameras.
        stream: the fixed clock.
        output: the folder for labels.jsonl, summary.json and the cache, a dated one unless it is given.
        decoders: files decoded at a time, at most; a live source always has a decoder of its own.
        encoders: encoder actors; with GPUs in the cluster, they share them evenly.
        batch: clips that an encoder takes at once, at most.
        batch_wait_ms: milliseconds that a batch waits to be filled, at most.
        queue: clips of one stream that are decoded and not yet written, at most.
    """

    sources: tuple[str, ...] = ()
    stream: ClipSampler = field(default_factory=ClipSampler)
    output: Path
    decoders: int = 4
    encoders: int = 1
    batch: int = 8
    batch_wait_ms: float = 10.0
    queue: int = 4

    def __post_init__(self) -> None:
        self.job()

    def job(self) -> job.StreamConfig:
        """The job's own config.

        Raises:
            ValueError: a value is out of its range.
        """
        return job.StreamConfig(
            sources=self.sources,
            output=self.output,
            sampler=self.stream,
            decoders=self.decoders,
            encoders=self.encoders,
            batch=self.batch,
            batch_wait_ms=self.batch_wait_ms,
            queue=self.queue,
        )


def run(config: StreamConfig) -> Outcome:
    """Label every source; a stream that fails is told, and the others go on.

    Raises:
        EgographError: no source, no model, or Ray cannot be reached.
        UsageError: the output cannot be written.
    """
    config.own_nodes("egograph stream")
    with run_folder(config.output) as folder:
        summary = job.run_stream(config.job(), config.load())
    tell(summary)
    if summary.clips:
        tell_files(folder)
    return outcome_of(summary)

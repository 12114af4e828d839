"""`egograph stream`: label many sources at once, on Ray."""

from dataclasses import dataclass, field
from pathlib import Path

from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import Outcome
from egograph.cli.output import run_folder
from egograph.cli.run_report import outcome_of, tell
from egograph.streaming import job
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True)
class StreamConfig(ModelKeys):
    """What `egograph stream` needs to know.

    Attributes:
        sources: files, folders, patterns, addresses, cameras.
        stream: the fixed clock.
        output: the folder for labels.jsonl, summary.json and the cache; null is a dated one under outputs/.
        decoders: files decoded at a time; a live source always has a decoder of its own.
        encoders: encoder actors; with GPUs in the cluster, each takes one.
        batch: clips that an encoder takes at once, at most.
        batch_wait_ms: milliseconds that a batch waits to be filled, at most.
        queue: clips of one stream that are decoded and not yet written, at most.
    """

    sources: tuple[str, ...] = ()
    stream: ClipSampler = field(default_factory=ClipSampler)
    output: Path | None = None
    decoders: int = 4
    encoders: int = 1
    batch: int = 8
    batch_wait_ms: float = 10.0
    queue: int = 4


def run(config: StreamConfig) -> Outcome:
    """Label every source; a stream that fails is told, and the others go on.

    Raises:
        EgographError: no source, no model, or Ray cannot be reached.
        UsageError: the output cannot be written.
    """
    config.own_nodes("egograph stream")
    with run_folder(config.output, "stream") as folder:
        work = job.StreamConfig(
            sources=config.sources,
            output=folder.path,
            sampler=config.stream,
            decoders=config.decoders,
            encoders=config.encoders,
            batch=config.batch,
            batch_wait_ms=config.batch_wait_ms,
            queue=config.queue,
        )
        summary = job.run_stream(work, config.load())
    tell(summary, folder)
    return outcome_of(summary)

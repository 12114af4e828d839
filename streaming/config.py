"""StreamConfig: what a streaming job labels, and how its work is spread."""

from dataclasses import dataclass, field
from pathlib import Path

from egograph.ranges import at_least
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True, kw_only=True)
class StreamConfig:
    """What is labelled, and how the work is spread.

    Attributes:
        sources: files, folders, patterns, addresses, cameras.
        output: the folder for labels.jsonl, summary.json and the cache.
        stream: the fixed clock.
        decoders: files decoded at a time, at most, and no more than there are cores; a live source always has a decoder
            of its own.
        encoders: encoder actors; with GPUs in the cluster, they share them evenly.
        batch: clips that an encoder takes at once, at most.
        batch_wait_ms: milliseconds that a batch waits to be filled, at most.
        queue: clips of one stream that are decoded and not yet written, at most.

    Raises:
        ValueError: a value is out of its range.
    """

    sources: tuple[str, ...]
    output: Path
    stream: ClipSampler = field(default_factory=ClipSampler)
    decoders: int = 4
    encoders: int = 1
    batch: int = 8
    batch_wait_ms: float = 10.0
    queue: int = 4

    def __post_init__(self) -> None:
        at_least(self, 1, "decoders", "encoders", "batch", "queue")
        at_least(self, 0, "batch_wait_ms")

"""The streaming job: many sources through decoder, encoder, recogniser and writer actors."""

import asyncio
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path

from egograph.cache.key import CacheKey
from egograph.model import EgoGraph
from egograph.run_folder import RunFolder
from egograph.streaming.flow import Flow
from egograph.streaming.ray_session import ray_session
from egograph.summary import RunSummary
from egograph.video.sampler import ClipSampler
from egograph.video.source import find_sources

_log = logging.getLogger("egograph")


@dataclass(frozen=True)
class StreamConfig:
    """What is labelled, and how the work is spread.

    Attributes:
        sources: files, folders, patterns, addresses, cameras; see `find_sources`.
        output: the run's folder.
        sampler: the fixed clock.
        decoders: files decoded at a time; a live source always has a decoder of its own.
        encoders: encoder actors; with GPUs in the cluster, each takes one.
        batch: clips that an encoder takes at once, at most.
        batch_wait_ms: how long a batch waits to be filled, at most.
        queue: clips of one stream that are decoded and not yet written, at most.
    """

    sources: tuple[str, ...]
    output: Path
    sampler: ClipSampler = ClipSampler()
    decoders: int = 4
    encoders: int = 1
    batch: int = 8
    batch_wait_ms: float = 10.0
    queue: int = 4

    def __post_init__(self) -> None:
        for name in ("decoders", "encoders", "batch", "queue"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)}: give at least 1")
        if self.batch_wait_ms < 0:
            raise ValueError(f"batch_wait_ms={self.batch_wait_ms}: give 0 or more")


def run_stream(config: StreamConfig, model: EgoGraph) -> RunSummary:
    """Label all sources, and leave labels, cache and summary in the run's folder.

    A stream that fails is told on the log, and the others go on. Ctrl-C ends every stream with the clip that is under way.

    Raises:
        EgographError: no source, the output cannot be written, or Ray cannot be reached.
    """
    began = time.monotonic()
    sources = find_sources(config.sources)
    folder = RunFolder(config.output)
    key = CacheKey.of(model, config.sampler.fps, config.sampler.frames)
    with ray_session():
        flow = Flow(config, model, key, sources)
        outcomes = asyncio.run(flow.run())
    summary = RunSummary(str(config.output), time.monotonic() - began, outcomes)
    if summary.clips:
        folder.write_summary(summary.to_json())
    if flow.interrupted:
        _log.warning("interrupted: %d labels so far are in %s", summary.clips, folder.labels)
    return summary

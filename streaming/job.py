"""The streaming job: many sources through decoder, encoder, recogniser and writer actors."""

import asyncio
import logging
import time

from egograph.cache.key import CacheKey
from egograph.model import EgoGraph
from egograph.run_folder import RunFolder
from egograph.streaming.config import StreamConfig
from egograph.streaming.ray_session import ray_session
from egograph.summary import RunSummary
from egograph.video.source import find_sources

__all__ = ["StreamConfig", "run_stream"]

_log = logging.getLogger("egograph")


def run_stream(config: StreamConfig, model: EgoGraph) -> RunSummary:
    """Label all sources, and leave labels, cache and summary in the run's folder.

    A stream that fails is told on the log, and the others go on. Ctrl-C ends every stream with the clips that are under
    way; a second one ends at once.

    Raises:
        EgographError: no source, the output cannot be written, or Ray cannot be reached.
    """
    began = time.monotonic()
    sources = find_sources(config.sources)
    folder = RunFolder(config.output)
    key = CacheKey.of(model, config.stream.fps, config.stream.frames)
    _log.info("%d stream%s; starting Ray", len(sources), "s" * (len(sources) > 1))
    with ray_session():
        import ray

        from egograph.streaming.actors import start_actors
        from egograph.streaming.flow import Flow

        live = sum(source.live for source in sources)
        files = min(config.decoders, len(sources) - live, max(1, int(ray.cluster_resources().get("CPU", 1))))
        flow = Flow(start_actors(config, model, key), files, live, config.queue)
        outcomes = asyncio.run(flow.run(sources))
    summary = RunSummary(str(config.output), time.monotonic() - began, outcomes)
    if summary.clips:
        folder.write_summary(summary.to_json())
    if flow.interrupted:
        _log.warning("interrupted: %d labels so far are in %s", summary.clips, folder.labels)
    return summary

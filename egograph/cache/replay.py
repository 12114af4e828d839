"""Replay: labels again from the cache, without video, encoder or Ray."""

import logging
import time
from dataclasses import dataclass
from pathlib import Path

from egograph.cache.key import CacheKey
from egograph.cache.store import NodeCache
from egograph.errors import EgographError
from egograph.model import EgoGraph
from egograph.pipeline import StreamLabeller
from egograph.run_folder import LabelFile, RunFolder
from egograph.summary import RunSummary, StreamOutcome, StreamTally

_log = logging.getLogger("egograph")


@dataclass(frozen=True)
class ReplayConfig:
    """What is replayed.

    Attributes:
        cache: the output folder of a run, or the cache in it.
        output: where the labels go.
        streams: names of streams; empty for all.
    """

    cache: Path
    output: Path
    streams: tuple[str, ...] = ()


def replay(config: ReplayConfig, model: EgoGraph) -> RunSummary:
    """Label streams from their cached nodes; with the model that filled the cache, as the live run labelled them.

    A stream that cannot be replayed is told on the log, and the others go on.

    Raises:
        EgographError: there is no cache, no stream in it, or the output cannot be written.
    """
    began = time.monotonic()
    cache = NodeCache.find(config.cache)
    streams = config.streams or tuple(cache.streams())
    if not streams:
        raise EgographError(
            f"{config.cache}: the cache is empty; give the output folder of a run that labelled something"
        )
    key = CacheKey.of(model)
    folder = RunFolder(config.output)
    with LabelFile(folder) as labels:
        outcomes = tuple(_replay_stream(stream, cache, key, model, labels) for stream in streams)
    summary = RunSummary(str(config.output), time.monotonic() - began, outcomes)
    if summary.clips:
        folder.write_summary(summary.to_json())
    return summary


def _replay_stream(stream: str, cache: NodeCache, key: CacheKey, model: EgoGraph, labels: LabelFile) -> StreamOutcome:
    tally = StreamTally(stream, str(cache.folder))
    labeller = StreamLabeller(model)
    try:
        for clip in cache.read(stream, key):
            label = labeller.label(clip).label
            labels.append(label)
            tally.add(label)
    except EgographError as fault:
        _log.error("%s", fault)
        return tally.outcome(str(fault))
    _log.info("%s: %d clips", stream, tally.clips)
    return tally.outcome()

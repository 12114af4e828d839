"""`egograph graph`: the scene graph over time, as JSON triplets, one line a frame."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import DONE, SOME_FAILED, Outcome
from egograph.errors import SourceError
from egograph.graph.triplets import frame_triplets
from egograph.model import EgoGraph
from egograph.pipeline import label_clips
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source, find_sources

log = logging.getLogger("egograph")


@dataclass(frozen=True, kw_only=True)
class GraphConfig(ModelKeys):
    """What `egograph graph` needs to know.

    Attributes:
        source: a file, a folder, a pattern, an address, or a camera.
        stream: the fixed clock.
        least: confidence that a triplet has at least.
    """

    source: str
    stream: ClipSampler = field(default_factory=ClipSampler)
    least: float = 0.3


def run(config: GraphConfig) -> Outcome:
    """Print the triplets of every frame on the fixed clock; a source that fails is told, and the others go on.

    Raises:
        EgographError: no source, or no model.
    """
    sources, model = find_sources([config.source]), config.load()
    frames, failed = 0, 0
    for source in sources:
        try:
            for row in _frames(config, model, source):
                print(json.dumps(row, ensure_ascii=False))
                frames += 1
        except SourceError as fault:
            log.error("%s", fault)
            failed += 1
    return Outcome(SOME_FAILED if failed else DONE, {"streams": len(sources), "failed": failed, "frames": frames})


def _frames(config: GraphConfig, model: EgoGraph, source: Source) -> Iterator[dict[str, Any]]:
    boxes = config.boxes(model)
    for clip, _, labelled in label_clips(model, config.stream.clips(source), boxes):
        for frame in range(int(clip.valid.sum())):
            triplets = frame_triplets(labelled.graph, model.vocabulary.nouns, frame, config.least)
            yield {
                "stream": clip.stream,
                "clip": clip.index,
                "frame": frame,
                "time": round(float(clip.times[frame]), 3),
                "triplets": [(*words, round(p, 4)) for *words, p in triplets],
            }

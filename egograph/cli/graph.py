"""`egograph graph`: the scene graph over time, as JSON triplets, one line a frame, and its actions as EASG's files."""

import json
import logging
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import DONE, SOME_FAILED, Outcome
from egograph.cli.output import run_folder
from egograph.data.easg import ActionGraph, write_easg
from egograph.errors import SourceError
from egograph.graph.action_graph import clip_action, easg_classes
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
        easg: a folder to write the actions to as well, in the layout of Ego4D's action scene graphs.
    """

    source: str
    stream: ClipSampler = field(default_factory=ClipSampler)
    least: float = 0.3
    easg: Path | None = None


def run(config: GraphConfig) -> Outcome:
    """Print the triplets of every frame on the fixed clock; a source that fails is told, and the others go on.

    Raises:
        EgographError: no source, or no model.
        UsageError: the folder cannot be written.
    """
    sources, model = find_sources([config.source]), config.load()
    frames, failed = 0, 0
    actions: list[ActionGraph] = []
    with run_folder(config.easg) if config.easg else nullcontext():
        try:
            for source in sources:
                try:
                    for row in _frames(config, model, source, actions):
                        print(json.dumps(row, ensure_ascii=False))
                        frames += 1
                except SourceError as fault:
                    log.error("%s", fault)
                    failed += 1
        finally:  # a live source goes on until it is interrupted
            if config.easg:
                write_easg(config.easg / "easg.json", actions, easg_classes(model.vocabulary))
    return Outcome(SOME_FAILED if failed else DONE, {"streams": len(sources), "failed": failed, "frames": frames})


def _frames(
    config: GraphConfig, model: EgoGraph, source: Source, actions: list[ActionGraph]
) -> Iterator[dict[str, Any]]:
    """A row for each frame; the clips' actions are put with the others."""
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
        if config.easg and (action := clip_action(labelled, model.vocabulary, config.least)):
            actions.append(action)

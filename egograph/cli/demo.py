"""`egograph demo`: the whole path of one video in this process; labels, an overlay video and a report."""

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from egograph.cache.store import NodeCache
from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import Outcome
from egograph.cli.output import run_folder
from egograph.cli.run_report import outcome_of, tell, tell_actions, tell_files
from egograph.data.toy_kitchen import render_video
from egograph.errors import TruncatedSource, UsageError
from egograph.model import EgoGraph
from egograph.pipeline import label_clips
from egograph.report.overlay_video import OverlayVideo
from egograph.report.report import ReportBuilder
from egograph.run_folder import LabelFile, RunFolder
from egograph.summary import RunSummary, StreamOutcome, StreamTally
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source, find_sources
from egograph.video.writer import VideoWriter

log = logging.getLogger("egograph")

_TOY_NAME, _TOY_SPLIT, _TOY_SEED = "toy_kitchen", "val", 7
_TOY_FPS, _TOY_SIZE, _TOY_SECONDS = 16, (320, 240), 16.0
_TOY_FILE = {f"{_TOY_NAME}.mp4": "the video that the toy kitchen rendered"}
_FILES = {
    "overlay.mp4": "the video with hands, objects, contacts and labels drawn on it",
    "report.html": "actions over time and the graphs that led to them; open it in a browser",
}


@dataclass(frozen=True, kw_only=True)
class DemoConfig(ModelKeys):
    """What `egograph demo` needs to know.

    Attributes:
        video: a video file; null renders one of the toy kitchen.
        stream: the fixed clock.
        output: the folder for all that is written, a dated one unless it is given.
    """

    video: str | None = None
    stream: ClipSampler = field(default_factory=ClipSampler)
    output: Path


def run(config: DemoConfig) -> Outcome:
    """Label one video, with overlay and report.

    Raises:
        SourceError: the video cannot be opened, or nothing of it can be decoded.
        EgographError: no model.
        UsageError: the output cannot be written, or there is more than one video.
    """
    began, model = time.monotonic(), config.load()
    with run_folder(config.output) as folder:
        source = _source(config.video, folder)
        model.warm_up()
        outcome = _label(config, model, source, folder)
        summary = RunSummary(str(folder.path), time.monotonic() - began, (outcome,))
        if summary.clips:
            folder.write_summary(summary.to_json())
    tell(summary)
    if summary.clips:
        tell_actions(folder)
        tell_files(folder, _FILES if config.video else _TOY_FILE | _FILES)
    return outcome_of(summary)


def _source(video: str | None, folder: RunFolder) -> Source:
    if video is None:
        return _render(folder.path / f"{_TOY_NAME}.mp4")
    sources = find_sources([video])
    if len(sources) > 1:
        raise UsageError(f"{video}: {len(sources)} videos; the demo takes one, egograph stream takes many")
    return sources[0]


def _render(path: Path) -> Source:
    """Let the toy kitchen render a video that the built-in model was not trained on."""
    video = render_video(_TOY_SEED, _TOY_SPLIT, _TOY_FPS, _TOY_SIZE, _TOY_SECONDS)
    with _progress("rendering the toy kitchen") as bar, VideoWriter(path, video.fps, video.size) as file:
        for frame in video.frames():
            file.write(frame.image)
            bar.update(bar.task_ids[0], description=f"rendering the toy kitchen: {frame.time:.1f} s")
    return Source(str(path), path.stem, live=False)


def _label(config: DemoConfig, model: EgoGraph, source: Source, folder: RunFolder) -> StreamOutcome:
    """Run the path over the source; where it breaks off, what came before is kept and the outcome says so."""
    nouns, tally, fault = model.vocabulary.nouns, StreamTally(source.name, str(source)), ""
    report = ReportBuilder(config.model, nouns, float(model.calibration.threshold))
    overlay = OverlayVideo(folder.path / "overlay.mp4", config.stream.fps, nouns)
    key, cache = config.cache_key(model, config.stream), None
    with _progress(source.name) as bar, LabelFile(folder) as labels, overlay:
        try:
            for clip, observed, labelled in label_clips(model, config.stream.clips(source), config.boxes(model)):
                labels.append(labelled.label)
                cache = cache or NodeCache(folder.cache).writer(source.name, key)
                cache.append(observed)
                overlay.add(clip, labelled)
                report.add(clip, labelled)
                tally.add(labelled.label)
                bar.update(bar.task_ids[0], description=f"{source.name}: {tally.seconds:.1f} s labelled")
        except TruncatedSource as broken:
            fault = str(broken)
            log.error("%s", fault)
    if cache:
        cache.finish()
        report.write(folder.path / "report.html")
    return tally.outcome(fault)


def _progress(title: str) -> Progress:
    """A line on the terminal that goes when it is done; nothing where there is no terminal."""
    console = Console(stderr=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    bar.add_task(title, total=None)
    return bar

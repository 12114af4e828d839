"""`egograph train`: from a dataset to a model folder."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from egograph.baseline import FrameBaseline
from egograph.checkpoint import save_baseline, save_model
from egograph.data.classes import TOY_KITCHEN
from egograph.encoders.registry import EncoderConfig, build_encoder
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.errors import UsageError
from egograph.evaluation.score import score_graph
from egograph.model import EgoGraph, ModelConfig
from egograph.training.batches import Sequences
from egograph.training.calibrate import calibrate
from egograph.training.curve import draw_curve
from egograph.training.dataset import open_split
from egograph.training.tasks import BaselineTask, GraphTask
from egograph.training.toy_data import ToyDataConfig, make_split
from egograph.training.trainer import ScheduleConfig, run_training
from egograph.video.sampler import ClipSampler

log = logging.getLogger("egograph")
MODELS = ("graph", "frames")


@dataclass(frozen=True)
class TrainConfig:
    """What `egograph train` needs to know.

    Attributes:
        model: "graph", or "frames" for the control without nodes and graph.
        encoder: the encoder.
        sizes: the sizes of what comes after it.
        data: the toy kitchen's videos.
        schedule: how long and how fast.
        fps: frames a second of the fixed clock.
        frames: frames a clip.
        output: the folder for the model, its checkpoint, log and curve; the same folder resumes.
    """

    output: Path
    model: str = "graph"
    encoder: EncoderConfig = field(default_factory=TinyEncoderConfig)
    sizes: ModelConfig = field(default_factory=ModelConfig)
    data: ToyDataConfig = field(default_factory=ToyDataConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    fps: float = 8.0
    frames: int = 8


def train(config: TrainConfig) -> dict[str, Any]:
    """Make the data if need be, train, calibrate, and save.

    Returns:
        A summary: seconds, steps, the last losses, the folder.
    """
    if config.model not in MODELS:
        raise UsageError(f"model={config.model}: unknown; choose one of {', '.join(MODELS)}")
    config.output.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    torch.manual_seed(config.schedule.seed)
    encoder = build_encoder(config.encoder)
    sampler = ClipSampler(fps=config.fps, frames=config.frames)
    with _progress() as bars:
        videos = config.data.train
        folder = make_split(config.data, "train", _bar(bars, "render", videos))
        split = open_split(folder, "train", TOY_KITCHEN, sampler, encoder.preprocess, _bar(bars, "decode", videos))
        trained, held = (
            split.between(0, videos - config.data.calibration),
            split.between(videos - config.data.calibration, videos),
        )
        sequences = Sequences(trained.store, trained.truths, config.schedule.clips, config.frames)
        task: GraphTask | BaselineTask
        if config.model == "graph":
            task = GraphTask(EgoGraph(config.sizes, encoder, TOY_KITCHEN))
        else:
            task = BaselineTask(FrameBaseline(encoder, TOY_KITCHEN, config.sizes.recogniser.head))
        history = run_training(
            task, sequences, config.schedule, config.output, _losses_bar(bars, config.schedule.steps)
        )
    draw_curve(history, config.output / "curve.png")
    if isinstance(task, GraphTask):
        table, _ = score_graph(task.model, held, config.frames)
        calibrate(task.model, table)
        save_model(task.model, config.encoder, config.output)
    else:
        save_baseline(task.model, config.encoder, config.output)
    summary = {
        "output": str(config.output),
        "steps": len(history),
        "seconds": round(time.monotonic() - began),
        "losses": history[-1],
    }
    (config.output / "training.json").write_text(json.dumps(summary | {"config": _plain(config)}, indent=2) + "\n")
    return summary


def _plain(config: TrainConfig) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(asdict(config), default=str))
    return plain


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description:18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[note]}"),
    )  # fmt: skip
    from rich.console import Console

    return Progress(*columns, console=Console(stderr=True))


def _bar(bars: Progress, title: str, total: int) -> Callable[[int], None]:
    task = bars.add_task(title, total=total, note="")
    return lambda done: bars.update(task, completed=done)


def _losses_bar(bars: Progress, total: int) -> Callable[[int, dict[str, float]], None]:
    task = bars.add_task("train", total=total, note="")
    lines = not bars.console.is_terminal

    def show(step: int, losses: dict[str, float]) -> None:
        note = " ".join(f"{name} {loss:.2f}" for name, loss in losses.items())
        bars.update(task, completed=step, note=note)
        if lines and (step % 50 == 0 or step == total):
            log.info("step %d of %d: %s", step, total, note)

    return show

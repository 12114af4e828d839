"""`egograph train`: from a dataset to a model folder."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from torch import Tensor

from egograph.baseline import FrameBaseline
from egograph.checkpoint import fingerprint, save_baseline, save_model
from egograph.data.classes import TOY_KITCHEN
from egograph.encoders.registry import EncoderConfig, build_encoder
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.evaluation.score import score_graph
from egograph.model import EgoGraph, ModelConfig
from egograph.training.action_task import ActionTask
from egograph.training.augment import Look
from egograph.training.baseline_task import BaselineTask
from egograph.training.box_task import AnnotatedFrames, BoxTask
from egograph.training.calibrate import calibrate
from egograph.training.curve import draw_curve
from egograph.training.dataset import Split, open_split
from egograph.training.frame_nodes import FrameNodes, find_frame_nodes
from egograph.training.toy_data import ToyDataConfig, make_split
from egograph.training.trainer import StageConfig, Task, run_stage
from egograph.video.sampler import ClipSampler

log = logging.getLogger("egograph")


@dataclass(frozen=True)
class TrainConfig:
    """What `egograph train` needs to know.

    Attributes:
        output: the folder for the model, its checkpoints and its curve; the same folder resumes.
        model: "graph", or "frames" for the control without nodes and graph.
        encoder: the encoder.
        sizes: the sizes of what comes after it.
        data: the toy kitchen's videos.
        boxes: the first stage, encoder and node extractor; steps of single frames.
        actions: the second stage, the recogniser; steps of windows of clips.
        control: the control's only stage; steps of windows of clips.
        clips: clips a window.
        views: looks in which the second stage sees every video; the first is the video as it is.
        seed: draws weights, batches and looks.
        fps: frames a second of the fixed clock.
        frames: frames a clip.
        half: store the weights in fp16.
    """

    output: Path
    model: Literal["graph", "frames"] = "graph"
    encoder: EncoderConfig = field(default_factory=TinyEncoderConfig)
    sizes: ModelConfig = field(default_factory=ModelConfig)
    data: ToyDataConfig = field(default_factory=ToyDataConfig)
    boxes: StageConfig = field(default_factory=lambda: StageConfig(steps=900, size=64))
    actions: StageConfig = field(default_factory=lambda: StageConfig(steps=600, size=24, learning_rate=1.5e-3))
    control: StageConfig = field(default_factory=lambda: StageConfig(steps=600, size=6))
    clips: int = 4
    views: int = 2
    seed: int = 0
    fps: float = 8.0
    frames: int = 8
    half: bool = True


def train(config: TrainConfig) -> dict[str, Any]:
    """Make the data if need be, train, calibrate, and save.

    Returns:
        A summary: the folder, wall seconds, and each stage's steps and last losses.
    """
    config.output.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    torch.manual_seed(config.seed)
    encoder = build_encoder(config.encoder)
    with _progress() as bars:
        videos = config.data.train
        folder = make_split(config.data, "train", _bar(bars, "render", videos))
        sampler = ClipSampler(fps=config.fps, frames=config.frames)
        split = open_split(folder, "train", TOY_KITCHEN, sampler, encoder.preprocess, _bar(bars, "decode", videos))
        kept = videos - config.data.calibration
        run = _Run(config, split.between(0, kept), bars)
        if config.model == "graph":
            model = EgoGraph(config.sizes, encoder, TOY_KITCHEN)
            trained = run.train_graph(model)
            if config.half:
                model.half().float()  # what is calibrated is what is stored
            held, _ = score_graph(model, split.between(kept, videos), config.frames)
            calibrate(model, trained, held)
            save_model(model, config.encoder, config.output, torch.float16 if config.half else torch.float32)
        else:
            control = FrameBaseline(encoder, TOY_KITCHEN, config.sizes.recogniser.head)
            run.train_control(control)
            save_baseline(control, config.encoder, config.output)
    draw_curve(run.history, config.output / "curve.png")
    summary = {
        "output": str(config.output),
        "seconds": round(time.monotonic() - began),
        "stages": {name: {"steps": len(rows), "losses": rows[-1]} for name, rows in run.history.items()},
    }
    plain = json.loads(json.dumps(asdict(config), default=str))
    (config.output / "training.json").write_text(json.dumps(summary | {"config": plain}, indent=2) + "\n")
    return summary


class _Run:
    """The stages of one training, and what they cost."""

    def __init__(self, config: TrainConfig, split: Split, bars: Progress) -> None:
        self.config, self.split, self.bars = config, split, bars
        self.history: dict[str, list[dict[str, float]]] = {}

    def train_graph(self, model: EgoGraph) -> Tensor:
        """Boxes from pixels, then actions from the nodes that come of it; gives the clips' scene summaries `[N, D]`."""
        config, split = self.config, self.split
        self._stage(BoxTask(model, AnnotatedFrames(split.store, split.truths), config.boxes.size), config.boxes)
        views = [self._view(model, number) for number in range(config.views)]
        task = ActionTask(
            model, views, split.truths, split.store.offset, config.actions.size, config.clips, config.frames
        )
        self._stage(task, config.actions)
        return views[0].scene_summaries(split.store.offset, config.frames)

    def train_control(self, model: FrameBaseline) -> None:
        """Actions from pixels."""
        config, split = self.config, self.split
        task = BaselineTask(model, split.store, split.truths, config.control.size, config.clips, config.frames)
        self._stage(task, config.control)

    def _stage(self, task: Task, stage: StageConfig) -> None:
        show = _losses_bar(self.bars, task.name, stage.steps)
        self.history[task.name] = run_stage(task, stage, self.config.seed, self.config.output, show)

    def _view(self, model: EgoGraph, number: int) -> FrameNodes:
        """The nodes of all frames in one look a video; kept on disk, so that a resumed run need not find them anew."""
        path = self.config.output / f"nodes-{number}-{fingerprint(model)[:12]}.safetensors"
        if not path.exists():
            rng = np.random.default_rng([self.config.seed, number])
            looks = [Look.draw(rng) if number else None for _ in self.split.names]
            show = _bar(self.bars, f"nodes, view {number + 1}", len(looks))
            find_frame_nodes(model, self.split.store, looks, show).save(path)
        return FrameNodes.load(path)


def _progress() -> Progress:
    columns = (
        TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), TextColumn("{task.fields[note]}"),
    )  # fmt: skip
    return Progress(*columns, console=Console(stderr=True))


def _bar(bars: Progress, title: str, total: int) -> Callable[[int], None]:
    task = bars.add_task(title, total=total, note="")
    return lambda done: bars.update(task, completed=done)


def _losses_bar(bars: Progress, title: str, total: int) -> Callable[[int, dict[str, float]], None]:
    task = bars.add_task(title, total=total, note="")
    lines = not bars.console.is_terminal

    def show(step: int, losses: dict[str, float]) -> None:
        note = " ".join(f"{name} {loss:.2f}" for name, loss in losses.items())
        bars.update(task, completed=step, note=note)
        if lines and (step % 50 == 0 or step == total):
            log.info("%s, step %d of %d: %s", title, step, total, note)

    return show

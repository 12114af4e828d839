"""`egograph train`: from a dataset to a model folder."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from rich.progress import Progress

from egograph.baseline import FrameBaseline
from egograph.checkpoint import fingerprint, save_baseline, save_model
from egograph.data.classes import TOY_KITCHEN
from egograph.data.toy_kitchen.write import GENERATOR_VERSION
from egograph.encoders.registry import EncoderConfig, build_encoder
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.evaluation.score import score_graph
from egograph.model import EgoGraph, ModelConfig
from egograph.ranges import at_least
from egograph.training.action_task import ActionTask
from egograph.training.baseline_task import BaselineTask
from egograph.training.box_task import AnnotatedFrames, BoxTask
from egograph.training.calibrate import calibrate
from egograph.training.curve import draw_curve
from egograph.training.dataset import Split, open_split
from egograph.training.frame_nodes import FrameNodes, find_frame_nodes
from egograph.training.progress import bar, losses_bar, progress_bars
from egograph.training.toy_data import STILLS_A_SECOND, ToyDataConfig, make_split
from egograph.training.trainer import StageConfig, Task, run_stage
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True)
class TrainConfig:
    """What `egograph train` needs to know.

    Attributes:
        output: the folder for the model, its checkpoints and its curve; the same folder resumes.
        architecture: "graph", or "frames" for the control without nodes and graph.
        encoder: the encoder.
        sizes: the sizes of what comes after it.
        data: the toy kitchen's videos.
        boxes: the first stage, encoder and node extractor; steps of single frames of the stills.
        actions: the model's second stage, the recogniser; steps of windows of clips.
        control: the control's second stage; steps of windows of clips.
        clips: clips a window.
        seed: draws weights, batches and looks; of 0, 1 and 2 the best on val, see experiments/toy_kitchen.
        fps: frames a second of the fixed clock.
        frames: frames a clip.
        half: store the weights in fp16.

    Raises:
        ValueError: a value is out of its range.
    """

    output: Path
    architecture: Literal["graph", "frames"] = "graph"
    encoder: EncoderConfig = field(default_factory=TinyEncoderConfig)
    sizes: ModelConfig = field(default_factory=ModelConfig)
    data: ToyDataConfig = field(default_factory=ToyDataConfig)
    boxes: StageConfig = field(default_factory=lambda: StageConfig(steps=2200, size=32, learning_rate=3e-3))
    actions: StageConfig = field(default_factory=lambda: StageConfig(steps=780, size=24))
    control: StageConfig = field(default_factory=lambda: StageConfig(steps=520, size=8))
    clips: int = 4
    seed: int = 2
    fps: float = 8.0
    frames: int = 8
    half: bool = True

    def __post_init__(self) -> None:
        ClipSampler(fps=self.fps, frames=self.frames)  # refuses what is out of range
        at_least(self, 1, "clips")


def train(config: TrainConfig) -> dict[str, Any]:
    """Make the data if need be, train, calibrate, and save.

    Returns:
        A summary: the folder, wall seconds, and each stage's steps and last losses.
    """
    config.output.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    torch.manual_seed(config.seed)
    encoder = build_encoder(config.encoder)
    with progress_bars() as bars:
        run = _Run(config, bars)
        model = EgoGraph(config.sizes, encoder, TOY_KITCHEN)
        run.train_boxes(model)
        if config.architecture == "graph":
            run.train_graph(model)
        else:
            run.train_control(model)
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

    def __init__(self, config: TrainConfig, bars: Progress) -> None:
        self.config, self.bars = config, bars
        self.history: dict[str, list[dict[str, float]]] = {}

    def train_boxes(self, model: EgoGraph) -> None:
        """The first stage: encoder and node extractor, from stills; the same, whatever reads the nodes later."""
        config = self.config
        torch.manual_seed(config.seed)
        stills = self._open("stills", ClipSampler(fps=STILLS_A_SECOND, frames=config.frames), model)
        boxes = BoxTask(model, AnnotatedFrames(stills.store, stills.truths), config.boxes.size)
        self._stage(boxes, config.boxes, self._basis(config.data.stills, config.sizes.nodes))

    def train_graph(self, model: EgoGraph) -> None:
        """Actions from the nodes that are found in other videos: see `ActionTask`."""
        config, frames = self.config, self.config.frames
        split = self._open("train", ClipSampler(fps=config.fps, frames=frames), model)
        kept = split.between(0, config.data.train - config.data.calibration)
        eyes = (len(kept.names), fingerprint(model))
        found = self._nodes(model, kept, self._basis(*eyes))
        offset = kept.store.offset
        task = ActionTask(model, found, kept.truths, offset, config.actions.size, config.clips, frames)
        self._stage(task, config.actions, self._basis(config.sizes, config.clips, *eyes))
        if config.half:
            model.half().float()  # what is calibrated is what is stored
        held, _ = score_graph(model, split.between(len(kept.names), config.data.train), frames)
        calibrate(model, found.scene_summaries(offset, frames), held)
        save_model(model, config.encoder, config.output, torch.float16 if config.half else torch.float32)

    def train_control(self, model: EgoGraph) -> None:
        """Actions from the patch tokens of the same videos; of the model, only the encoder is used. Not calibrated."""
        config, head = self.config, self.config.sizes.recogniser.head
        split = self._open("train", ClipSampler(fps=config.fps, frames=config.frames), model)
        kept = split.between(0, config.data.train - config.data.calibration)
        torch.manual_seed(config.seed)
        control = FrameBaseline(model.encoder, TOY_KITCHEN, head)
        task = BaselineTask(control, kept.store, kept.truths, config.control.size, config.clips, config.frames)
        self._stage(task, config.control, self._basis(len(kept.names), head, config.clips, fingerprint(model)))
        save_baseline(control, config.encoder, config.output)

    def _open(self, name: str, sampler: ClipSampler, model: EgoGraph) -> Split:
        data = self.config.data
        folder = make_split(data, name, bar(self.bars, f"render {name}", data.videos(name)))
        show = bar(self.bars, f"decode {name}", data.videos(name))
        return open_split(folder, name, TOY_KITCHEN, sampler, model.encoder.preprocess, show, boxes=name == "stills")

    def _stage(self, task: Task[Any], stage: StageConfig, basis: str) -> None:
        show = losses_bar(self.bars, task.name, stage.steps)
        self.history[task.name] = run_stage(task, stage, self.config.seed, self.config.output, basis, show)

    def _basis(self, *more: object) -> str:
        """A digest of what a stage rests on: the videos, how they are sampled, the encoder, and what is given."""
        config = self.config
        common = (GENERATOR_VERSION, config.data.seed, config.fps, config.frames, config.encoder)
        return hashlib.sha256(repr((*common, *more)).encode()).hexdigest()[:16]

    def _nodes(self, model: EgoGraph, split: Split, basis: str) -> FrameNodes:
        """The nodes of all frames; kept on disk, so that a resumed run need not find them anew."""
        path = self.config.output / f"nodes-{basis}.safetensors"
        if not path.exists():
            find_frame_nodes(model, split.store, bar(self.bars, "nodes", len(split.names))).save(path)
        return FrameNodes.load(path)

"""`egograph train experiment=epic100_visor`: from annotations to a folder with a recogniser of segments."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from egograph.data.segment_table import SegmentTable
from egograph.data.visor_split import VisorDataConfig, VisorSplit, hold_out, read_visor_split
from egograph.evaluation.segment_score import accuracies, open_table, score_segments
from egograph.nn.segment_recogniser import SegmentRecogniser, SegmentRecogniserConfig
from egograph.segment_checkpoint import SEGMENT_FORMAT, save_segment_model
from egograph.training.curve import draw_curve
from egograph.training.progress import losses_bar, progress_bars
from egograph.training.segment_augment import SegmentLooks
from egograph.training.segment_task import SegmentTask
from egograph.training.trainer import StageConfig, run_stage

FOLDS = 4


@dataclass(frozen=True)
class SegmentTrainConfig:
    """What training on annotated segments needs to know.

    Attributes:
        output: the folder for the model, its checkpoint and its curve, or for a folder of these for each fold; the same
            folder resumes.
        data: the annotations.
        recogniser: sizes.
        looks: augmentation.
        segments: the only stage; steps of segments.
        seed: draws weights, batches and looks.
        fold: of four folds of the participants, the one (0 to 3) that is kept from training and scored at the end, to
            choose settings by; null trains on all.

    Raises:
        ValueError: a value is out of its range.
    """

    output: Path
    data: VisorDataConfig
    recogniser: SegmentRecogniserConfig = field(default_factory=SegmentRecogniserConfig)
    looks: SegmentLooks = field(default_factory=SegmentLooks)
    segments: StageConfig = field(default_factory=lambda: StageConfig(steps=540, size=128))
    seed: int = 0
    fold: int | None = None

    def __post_init__(self) -> None:
        if self.fold is not None and not 0 <= self.fold < FOLDS:
            raise ValueError(f"fold={self.fold}: has to be 0 to {FOLDS - 1}, or null")


def basis_of(config: SegmentTrainConfig, split: VisorSplit, table: SegmentTable) -> str:
    """What a checkpoint rests on beside schedule and shapes: sizes, augmentation, classes and all segments, hashed."""
    basis = hashlib.sha256(repr((SEGMENT_FORMAT, config.recogniser, config.looks, split.classes)).encode())
    for column in (*vars(table).values(), split.pairs):
        basis.update(column.numpy().tobytes())
    return basis.hexdigest()


def train_segments(config: SegmentTrainConfig) -> dict[str, Any]:
    """Read the annotations, train and save.

    Returns:
        A summary: the folder, wall seconds, segments, steps and last losses, and how a fold that was kept is scored.

    Raises:
        EgographError: an annotation file is absent or malformed.
    """
    began = time.monotonic()
    folder = config.output if config.fold is None else config.output / f"fold{config.fold}"
    folder.mkdir(parents=True, exist_ok=True)
    split, held = read_visor_split(config.data, "train", config.recogniser.past), None
    if config.fold is not None:
        split, held = hold_out(split, config.fold, FOLDS)
    table = open_table(split, config.recogniser)
    torch.manual_seed(config.seed)
    model = SegmentRecogniser(config.recogniser, split.pairs)
    task = SegmentTask(model, table, config.segments.size, config.looks)
    basis = basis_of(config, split, table)
    with progress_bars() as bars:
        show = losses_bar(bars, task.name, config.segments.steps)
        history = run_stage(task, config.segments, config.seed, folder, basis, show)
    save_segment_model(model, split.classes, folder)
    draw_curve({task.name: history}, folder / "curve.png")
    summary = {
        "output": str(folder),
        "seconds": round(time.monotonic() - began),
        "segments": len(table),
        "stages": {task.name: {"steps": len(history), "losses": history[-1]}},
    }
    if held is not None:
        scores = score_segments(model, open_table(held, config.recogniser))
        metrics = accuracies(scores, held, config.data.epic)
        summary["held_out"] = {"segments": len(held.shown), "metrics": metrics}
    plain = json.loads(json.dumps(asdict(config), default=str))
    (folder / "training.json").write_text(json.dumps(summary | {"config": plain}, indent=2) + "\n")
    return summary

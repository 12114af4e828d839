"""`egograph evaluate`: a model, and its control, on splits of a dataset."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from egograph.checkpoint import BUILT_IN, digest_of, file_digest, load_baseline, load_model, model_folder
from egograph.data.toy_kitchen.write import GENERATOR_VERSION
from egograph.evaluation.competence.ask import ask
from egograph.evaluation.competence.keys import CompetenceKeys, check_twin
from egograph.evaluation.competence.report import GRAPH, WITHOUT
from egograph.evaluation.competence.toy import toy_subjects
from egograph.evaluation.score import abstention, score_baseline, score_graph
from egograph.evaluation.split_score import ActionScore, SplitScore, as_json, markdown
from egograph.training.dataset import open_split
from egograph.training.toy_data import SHIFTS, ToyDataConfig, make_split
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True)
class EvaluateConfig(CompetenceKeys):
    """What `egograph evaluate` needs to know.

    Attributes:
        output: the folder for `results.json` and `table.md`.
        model: a folder that training wrote, or built-in.
        control: the folder of a trained control, or none.
        split: the splits to score, in order; the competence report is on the first.
        data: the toy kitchen's videos.
        fps: frames a second of the fixed clock.
        frames: frames a clip.

    Raises:
        ValueError: a value is out of its range.
    """

    output: Path
    model: str = BUILT_IN
    control: str | None = None
    split: tuple[str, ...] = ("val", *SHIFTS)
    data: ToyDataConfig = field(default_factory=ToyDataConfig)
    fps: float = 8.0
    frames: int = 8
    without_graph: str | None = field(default="outputs/train/toy_kitchen_without_graph", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        ClipSampler(fps=self.fps, frames=self.frames)  # refuses what is out of range


def evaluate(config: EvaluateConfig, progress: Callable[[str], None]) -> list[SplitScore]:
    """Score every split, and write `results.json` and `table.md`.

    Raises:
        EgographError: a model or a split cannot be loaded.
    """
    model = load_model(config.model)
    control = load_baseline(Path(config.control)) if config.control else None
    twin = config.twin("toy_kitchen_without_graph")
    without_graph = load_model(str(twin)) if twin else None
    folders = {GRAPH: [model_folder(config.model)]}
    if twin and without_graph:
        both = [(asked.config.recogniser, asked.vocabulary) for asked in (without_graph, model)]
        check_twin(twin, *both)
        folders[WITHOUT] = [twin]
    sampler = ClipSampler(fps=config.fps, frames=config.frames)
    scores, splits = [], {}
    for name in config.split:
        progress(name)
        folder = make_split(config.data, name, lambda _: None)
        split = open_split(folder, name, model.vocabulary, sampler, model.encoder.preprocess, lambda _: None)
        splits[name] = split
        table, boxes = score_graph(model, split, config.frames)
        judged = abstention(model.calibration(table.logits, table.summary), table)
        beside = ActionScore.of(score_baseline(control, split, config.frames)) if control else None
        scores.append(SplitScore(name, ActionScore.of(table), boxes, judged, beside))
    config.output.mkdir(parents=True, exist_ok=True)
    results = _made_with(config) | {"splits": as_json(scores)}
    (config.output / "results.json").write_text(json.dumps(results, indent=2, allow_nan=False) + "\n")
    (config.output / "table.md").write_text(markdown(scores))
    if config.competence:
        ask(toy_subjects(model, without_graph, splits, config.frames), folders, config.draws, config.output)
    return scores


def _made_with(config: EvaluateConfig) -> dict[str, Any]:
    """What the scores are of, and what makes them again."""
    return {
        "model": {"folder": config.model, "sha256": file_digest(model_folder(config.model))},
        "control": digest_of(Path(config.control)) if config.control else None,
        "data": {"generator": GENERATOR_VERSION, "seed": config.data.seed, "videos": config.data.held_out},
        "clip": {"fps": config.fps, "frames": config.frames},
        "torch": torch.__version__,
    }

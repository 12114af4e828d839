"""`egograph evaluate`: a model, and its control, on splits of a dataset."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import torch

from egograph.checkpoint import BUILT_IN, file_digest, load_baseline, load_model, model_folder
from egograph.data.toy_kitchen.write import GENERATOR_VERSION
from egograph.evaluation.action_accuracy import ActionAccuracy
from egograph.evaluation.score import Abstention, BoxScore, ClipTable, abstention, score_baseline, score_graph
from egograph.training.dataset import open_split
from egograph.training.toy_data import SHIFTS, ToyDataConfig, make_split
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True)
class EvaluateConfig:
    """What `egograph evaluate` needs to know.

    Attributes:
        output: the folder for `results.json` and `table.md`.
        model: a folder that training wrote, or built-in.
        control: the folder of a trained control, or none.
        split: the splits to score, in order.
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

    def __post_init__(self) -> None:
        ClipSampler(fps=self.fps, frames=self.frames)


@dataclass(frozen=True)
class ActionScore:
    """Accuracies over the clips that lie mostly inside an action, and over those that lie wholly inside one."""

    mostly: ActionAccuracy
    wholly: ActionAccuracy

    @classmethod
    def of(cls, table: ClipTable) -> "ActionScore":
        """Score a table of clips."""
        return cls(table.accuracy(), table.wholly_inside().accuracy())


@dataclass(frozen=True)
class SplitScore:
    """The scores of one split.

    Attributes:
        split: its name.
        model: accuracies of the model.
        boxes: hands and contacts of the model.
        abstention: what the model abstains on.
        control: accuracies of the control, if there is one.
    """

    split: str
    model: ActionScore
    boxes: BoxScore
    abstention: Abstention
    control: ActionScore | None


def evaluate(config: EvaluateConfig, progress: Callable[[str], None]) -> list[SplitScore]:
    """Score every split, and write `results.json` and `table.md`.

    Raises:
        EgographError: a model or a split cannot be loaded.
    """
    model = load_model(config.model)
    control = load_baseline(Path(config.control)) if config.control else None
    sampler = ClipSampler(fps=config.fps, frames=config.frames)
    scores = []
    for name in config.split:
        progress(name)
        folder = make_split(config.data, name, lambda _: None)
        split = open_split(folder, name, model.vocabulary, sampler, model.encoder.preprocess, lambda _: None)
        table, boxes = score_graph(model, split, config.frames)
        judged = abstention(model.calibration(table.logits, table.summary), table)
        beside = ActionScore.of(score_baseline(control, split, config.frames)) if control else None
        scores.append(SplitScore(name, ActionScore.of(table), boxes, judged, beside))
    config.output.mkdir(parents=True, exist_ok=True)
    results = _made_with(config) | {"splits": as_json(scores)}
    (config.output / "results.json").write_text(json.dumps(results, indent=2, allow_nan=False) + "\n")
    (config.output / "table.md").write_text(markdown(scores))
    return scores


def _made_with(config: EvaluateConfig) -> dict[str, Any]:
    """What the scores are of, and what makes them again."""
    return {
        "model": {"folder": config.model, "sha256": file_digest(model_folder(config.model))},
        "control": {"folder": config.control, "sha256": file_digest(Path(config.control))} if config.control else None,
        "data": {"generator": GENERATOR_VERSION, "seed": config.data.seed, "videos": config.data.held_out},
        "clip": {"fps": config.fps, "frames": config.frames},
        "torch": torch.__version__,
    }


def as_json(scores: Sequence[SplitScore]) -> dict[str, Any]:
    """The scores by split, as plain values; None where there was nothing to count, as JSON knows no NaN."""
    return {score.split: {key: value for key, value in _plain(score).items() if key != "split"} for score in scores}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    return None if isinstance(value, float) and math.isnan(value) else value


_COLUMNS = (
    "split", "", "verb", "noun", "action", "verb (whole)", "noun (whole)", "action (whole)",
    "hands AP50", "contact F1 (state)", "contact F1 (link)", "abstains",
)  # fmt: skip


def markdown(scores: Sequence[SplitScore]) -> str:
    """The scores as a Markdown table, in percent: a row for the model, and one for the control."""
    lines = [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    for score in scores:
        boxes = score.boxes
        shares = (boxes.hand_ap50, boxes.contact_state_f1, boxes.contact_f1, score.abstention.abstained)
        lines.append(_row(score.split, "model", score.model, [_percent(share) for share in shares]))
        if score.control:
            lines.append(_row(score.split, "control", score.control, ["–"] * len(shares)))
    return "\n".join(lines) + "\n"


def _row(split: str, who: str, score: ActionScore, rest: list[str]) -> str:
    accuracies = (getattr(part, name) for part in (score.mostly, score.wholly) for name in ("verb", "noun", "action"))
    return f"| {' | '.join([split, who, *map(_percent, accuracies), *rest])} |"


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.1f}"

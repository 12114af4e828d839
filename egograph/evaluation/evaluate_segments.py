"""`egograph evaluate experiment=epic100_visor`: a recogniser of segments on splits of EPIC-KITCHENS-100."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from egograph.checkpoint import digest_of
from egograph.data.visor_split import VisorDataConfig, VisorSplit, read_visor_split
from egograph.errors import EgographError
from egograph.evaluation.competence.ask import ask
from egograph.evaluation.competence.keys import CompetenceKeys, check_twin
from egograph.evaluation.competence.report import GRAPH, WITHOUT
from egograph.evaluation.competence.segments import SegmentSubject
from egograph.evaluation.segment_score import (
    SegmentScores,
    accuracies,
    open_table,
    score_segments,
    segment_triplets,
)
from egograph.label import Triplet
from egograph.metrics.epic_truth import NOUNS
from egograph.segment_checkpoint import load_segment_model


@dataclass(frozen=True)
class SegmentEvaluateConfig(CompetenceKeys):
    """What evaluation on annotated segments needs to know.

    Attributes:
        output: the folder for `results.json`, `table.md` and each split's predictions.
        data: the annotations.
        model: a folder that training wrote.
        split: the splits to score, in order: train, validation, or another that has an EPIC_100_<split>.csv; the
            competence report is on the first.

    Raises:
        ValueError: no split is named.
    """

    output: Path
    data: VisorDataConfig
    model: Path
    split: tuple[str, ...] = ("validation",)
    without_graph: str | None = field(default="outputs/train/epic100_visor_without_graph", kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.split:
            raise ValueError("split=[]: has to name one split or more")


def evaluate_segments(config: SegmentEvaluateConfig, progress: Callable[[str], None]) -> dict[str, Any]:
    """Score every split, and write what the attributes say.

    Returns:
        By split: `segments`, `videos`, and `metrics`, see `accuracies`.

    Raises:
        EgographError: the model or a split cannot be loaded, or they know different classes.
    """
    config.output.mkdir(parents=True, exist_ok=True)
    model, classes = load_segment_model(config.model)
    models, folders = {GRAPH: model}, {GRAPH: [config.model]}
    if twin := config.twin("epic100_visor_without_graph"):
        other, others = load_segment_model(twin)
        check_twin(twin, (other.config, others), (model.config, classes))
        models[WITHOUT], folders[WITHOUT] = other, [twin]
    found: dict[str, Any] = {}
    subjects: dict[str, dict[str, SegmentSubject]] = {}
    for name in config.split:
        progress(name)
        split = read_visor_split(config.data, name, max(other.config.past for other in models.values()))
        if split.classes != classes:
            raise EgographError(f"{config.model}: trained on other classes than those of {config.data.epic}")
        if config.competence:
            subjects[name] = {who: SegmentSubject(other, split, config.data) for who, other in models.items()}
        table = open_table(split, model.config)
        scores = score_segments(model, table)
        triplets = segment_triplets(model, table, classes.nouns)
        _write_predictions(config.output / f"predictions_{name}.jsonl", scores, triplets, split)
        found[name] = {
            "segments": len(split.shown),
            "videos": len({entry.segment.video for entry in split.shown}),
            "metrics": accuracies(scores, split, config.data.epic),
        }
    made_with = {"model": digest_of(config.model)}
    results = made_with | {"torch": torch.__version__, "splits": found}
    (config.output / "results.json").write_text(json.dumps(results, indent=2) + "\n")
    (config.output / "table.md").write_text(segment_markdown(found))
    if config.competence:
        ask(subjects, folders, config.draws, config.output)
    return found


def segment_markdown(found: dict[str, Any]) -> str:
    """The accuracies as a Markdown table, a row a split."""
    names = list(dict.fromkeys(name for score in found.values() for name in score["metrics"]))
    lines = [f"| split | segments | {' | '.join(name.replace('_accuracy_at_', ' @') for name in names)} |"]
    lines.append("|---" * (len(names) + 2) + "|")
    for split, score in found.items():
        metrics = score["metrics"]
        cells = ["{value:.1f} ({low:.1f} to {high:.1f})".format(**metrics[n]) if n in metrics else "–" for n in names]
        lines.append(f"| {split} | {score['segments']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _write_predictions(
    path: Path, scores: SegmentScores, triplets: Iterable[tuple[Triplet, ...]], split: VisorSplit
) -> None:
    """One row a segment: its id, the five best verbs, nouns and actions with names, and what carried the noun."""
    verbs, nouns = split.classes.verbs, split.classes.nouns
    ranked = {task: scores.ranked(task) for task in ("verb", "noun")}
    rows = []
    for place, (entry, carried) in enumerate(zip(split.shown, triplets, strict=True)):
        best = {task: classes[place].tolist() for task, classes in ranked.items()}
        actions = [divmod(action, NOUNS) for action in scores.action[place].tolist()]
        row = {
            "narration_id": entry.segment.narration_id,
            "verb": [verbs[index] for index in best["verb"]],
            "noun": [nouns[index] for index in best["noun"]],
            "action": [f"{verbs[verb]} {nouns[noun]}" for verb, noun in actions],
            "triplets": [[a, relation, b, round(p, 4)] for a, relation, b, p in carried],
        }
        rows.append(json.dumps(row) + "\n")
    path.write_text("".join(rows))

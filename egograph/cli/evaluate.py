"""`egograph evaluate`: a model on splits of a dataset."""

import json
import logging
from dataclasses import dataclass
from typing import Any

from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.evaluation.evaluate import EvaluateConfig, evaluate
from egograph.evaluation.evaluate_segments import SegmentEvaluateConfig, evaluate_segments, segment_markdown
from egograph.evaluation.split_score import as_json, markdown

log = logging.getLogger("egograph")


@dataclass(frozen=True, kw_only=True)
class ToyKitchenConfig(EvaluateConfig):
    """What `egograph evaluate experiment=toy_kitchen` needs to know, and the name of it.

    Attributes:
        experiment: what is scored on what.
    """

    experiment: str


@dataclass(frozen=True, kw_only=True)
class Epic100VisorConfig(SegmentEvaluateConfig):
    """What `egograph evaluate experiment=epic100_visor` needs to know, and the name of it.

    Attributes:
        experiment: what is scored on what.
    """

    experiment: str


CONFIGS = {"toy_kitchen": ToyKitchenConfig, "epic100_visor": Epic100VisorConfig}


def run(config: ToyKitchenConfig | Epic100VisorConfig) -> Outcome:
    """Score, and print the table.

    Raises:
        EgographError: a model or a split cannot be loaded.
        UsageError: the output cannot be written.
    """
    with run_folder(config.output):
        if isinstance(config, ToyKitchenConfig):
            scores = evaluate(config, _scoring)
            table, splits = markdown(scores), as_json(scores)
        else:
            splits = evaluate_segments(config, _scoring)
            table = segment_markdown(splits)
    print(table, end="")
    record: dict[str, Any] = {"output": str(config.output), "splits": splits}
    files = "results.json, table.md"
    if config.competence:
        print((config.output / "competence.md").read_text(), end="")
        record["competence"] = json.loads((config.output / "competence.json").read_text())
        files += ", competence.json, competence.md, competence.png"
    print(f"{config.output}/  {files}")
    return Outcome(DONE, record)


def _scoring(split: str) -> None:
    log.info("%s: scoring", split)

"""`egograph evaluate`: a model, and its control, on splits of a dataset."""

import logging
from dataclasses import dataclass

from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.evaluation import evaluate
from egograph.evaluation.split_score import as_json, markdown

log = logging.getLogger("egograph")


@dataclass(frozen=True, kw_only=True)
class EvaluateConfig(evaluate.EvaluateConfig):
    """What `egograph evaluate` needs to know, and the name of it.

    Attributes:
        experiment: what is scored on what.
    """

    experiment: str


def run(config: EvaluateConfig) -> Outcome:
    """Score, and print the table.

    Raises:
        EgographError: a model or a split cannot be loaded.
        UsageError: the output cannot be written.
    """
    with run_folder(config.output):
        scores = evaluate.evaluate(config, lambda split: log.info("%s: scoring", split))
    print(markdown(scores), end="")
    print(f"{config.output}/  results.json, table.md")
    return Outcome(DONE, {"output": str(config.output), "splits": as_json(scores)})

"""`egograph train`: from a dataset to a model's folder."""

from dataclasses import dataclass

from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.training import train


@dataclass(frozen=True, kw_only=True)
class TrainConfig(train.TrainConfig):
    """What `egograph train` needs to know, and the name of it.

    Attributes:
        experiment: what is trained on what.
    """

    experiment: str


def run(config: TrainConfig) -> Outcome:
    """Train, and say where the model is.

    Raises:
        EgographError: the data cannot be made or read.
        UsageError: the output cannot be written.
    """
    with run_folder(config.output):
        summary = train.train(config)
    print(f"{config.experiment}: trained in {summary['seconds'] / 60:.1f} min")
    if config.architecture == "graph":
        print(f"{config.output}/  try it: egograph demo model={config.output}")
    else:
        print(f"{config.output}/  score it: egograph evaluate control={config.output} model=…")
    return Outcome(DONE, summary)

"""`egograph train`: from a dataset to a model's folder."""

from dataclasses import dataclass

from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.training.train import TrainConfig, train
from egograph.training.train_segments import SegmentTrainConfig, train_segments


@dataclass(frozen=True, kw_only=True)
class ToyKitchenConfig(TrainConfig):
    """What `egograph train experiment=toy_kitchen` needs to know, and the name of it.

    Attributes:
        experiment: what is trained on what.
    """

    experiment: str


@dataclass(frozen=True, kw_only=True)
class Epic100VisorConfig(SegmentTrainConfig):
    """What `egograph train experiment=epic100_visor` needs to know, and the name of it.

    Attributes:
        experiment: what is trained on what.
    """

    experiment: str


CONFIGS = {
    "toy_kitchen": ToyKitchenConfig,
    "toy_kitchen_control": ToyKitchenConfig,
    "epic100_visor": Epic100VisorConfig,
}


def run(config: ToyKitchenConfig | Epic100VisorConfig) -> Outcome:
    """Train, and say where the model is.

    Raises:
        EgographError: the data cannot be made or read.
        UsageError: the output cannot be written.
    """
    with run_folder(config.output):
        summary = train(config) if isinstance(config, ToyKitchenConfig) else train_segments(config)
    print(f"{config.experiment}: trained in {summary['seconds'] / 60:.1f} min")
    print(f"{config.output}/  {_next(config)}")
    return Outcome(DONE, summary)


def _next(config: ToyKitchenConfig | Epic100VisorConfig) -> str:
    if isinstance(config, Epic100VisorConfig):
        return f"score it: egograph evaluate experiment={config.experiment} model={config.output}"
    if config.architecture == "graph":
        return f"try it: egograph demo model={config.output}"
    return f"score it: egograph evaluate control={config.output} model=…"

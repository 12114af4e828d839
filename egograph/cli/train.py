"""`egograph train`: from a dataset to a model's folder."""

from dataclasses import dataclass

from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.evaluation.evaluate_segments import segment_markdown
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
    "toy_kitchen_without_graph": ToyKitchenConfig,
    "epic100_visor": Epic100VisorConfig,
    "epic100_visor_without_graph": Epic100VisorConfig,
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
    if isinstance(config, Epic100VisorConfig) and config.fold is not None:
        print(segment_markdown({f"fold {config.fold}": summary["held_out"]}), end="")
    print(f"{summary['output']}/  {_next(config, summary['output'])}")
    return Outcome(DONE, summary)


def _next(config: ToyKitchenConfig | Epic100VisorConfig, output: str) -> str:
    if isinstance(config, Epic100VisorConfig):
        return f"score it: egograph evaluate experiment=epic100_visor model={output}"
    if config.architecture == "graph":
        return f"try it: egograph demo model={output}"
    return f"score it: egograph evaluate control={output} model=…"

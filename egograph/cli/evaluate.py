"""`egograph evaluate`: a model, and its control, on splits of a dataset."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from egograph.checkpoint import BUILT_IN
from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.evaluation import evaluate
from egograph.training.toy_data import SHIFTS, ToyDataConfig
from egograph.video.sampler import ClipSampler

log = logging.getLogger("egograph")


@dataclass(frozen=True)
class EvaluateConfig:
    """What `egograph evaluate` needs to know.

    Attributes:
        experiment: its name.
        model: a folder that training wrote, or built-in.
        control: the folder of a trained control, to score beside the model.
        split: the splits to score.
        data: the videos.
        stream: the fixed clock.
        output: the folder for results.json and table.md; null is a dated one under outputs/.
    """

    experiment: str = "toy_kitchen"
    model: str = BUILT_IN
    control: str | None = None
    split: tuple[str, ...] = ("val", *SHIFTS)
    data: ToyDataConfig = field(default_factory=ToyDataConfig)
    stream: ClipSampler = field(default_factory=ClipSampler)
    output: Path | None = None


def run(config: EvaluateConfig) -> Outcome:
    """Score, and print the table.

    Raises:
        EgographError: a model or a split cannot be loaded.
        UsageError: the output cannot be written.
    """
    with run_folder(config.output, "evaluate") as folder:
        work = evaluate.EvaluateConfig(
            output=folder.path,
            model=config.model,
            control=config.control,
            split=config.split,
            data=config.data,
            fps=config.stream.fps,
            frames=config.stream.frames,
        )
        scores = evaluate.evaluate(work, lambda split: log.info("%s: scoring", split))
    print(evaluate.markdown(scores), end="")
    print(f"{folder.path}/  results.json, table.md")
    return Outcome(DONE, {"output": str(folder.path), "splits": evaluate.as_json(scores)})

"""`egograph train`: from a dataset to a model's folder."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from egograph.cli.model_keys import QueryNodesKeys
from egograph.cli.outcome import DONE, Outcome
from egograph.cli.output import run_folder
from egograph.encoders.registry import EncoderConfig
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.model import ModelConfig
from egograph.nn.recogniser import RecogniserConfig
from egograph.training import train
from egograph.training.toy_data import ToyDataConfig
from egograph.training.trainer import ScheduleConfig
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True)
class TrainConfig:
    """What `egograph train` needs to know.

    Attributes:
        experiment: its name.
        model: graph, or frames for the control without nodes and graph.
        encoder: the frame encoder.
        nodes: the node extractor.
        recogniser: all that comes after the nodes.
        data: the videos.
        schedule: how long and how fast.
        stream: the fixed clock.
        output: the folder for the model, its checkpoint, log and curve; a run that was cut off goes on in it.
    """

    experiment: str = "toy_kitchen"
    model: Literal["graph", "frames"] = "graph"
    encoder: EncoderConfig = field(default_factory=TinyEncoderConfig)
    nodes: QueryNodesKeys = field(default_factory=QueryNodesKeys)
    recogniser: RecogniserConfig = field(default_factory=RecogniserConfig)
    data: ToyDataConfig = field(default_factory=ToyDataConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    stream: ClipSampler = field(default_factory=ClipSampler)
    output: Path = Path("outputs/train/toy_kitchen-graph")


def run(config: TrainConfig) -> Outcome:
    """Train, and say where the model is.

    Raises:
        EgographError: the data cannot be made or read.
        UsageError: the output cannot be written.
    """
    with run_folder(config.output, "train") as folder:
        work = train.TrainConfig(
            output=folder.path,
            model=config.model,
            encoder=config.encoder,
            sizes=ModelConfig(config.nodes.config(), config.recogniser),
            data=config.data,
            schedule=config.schedule,
            fps=config.stream.fps,
            frames=config.stream.frames,
        )
        summary = train.train(work)
    print(f"{config.experiment}: {summary['steps']} steps in {summary['seconds'] / 60:.1f} min")
    print(f"{folder.path}/  the model: egograph demo model={folder.path}")
    return Outcome(DONE, summary)

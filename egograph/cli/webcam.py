"""`egograph webcam`: the live demo."""

from dataclasses import dataclass

from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import Outcome
from egograph.cli.run_report import outcome_of, tell
from egograph.streaming import webcam


@dataclass(frozen=True, kw_only=True)
class WebcamConfig(webcam.WebcamConfig, ModelKeys):
    """What `egograph webcam` needs to know."""


def run(config: WebcamConfig) -> Outcome:
    """Label and show the source until it ends or is ended.

    Raises:
        EgographError: no model, the source cannot be opened, or nothing can be shown.
    """
    config.own_nodes("egograph webcam finds nodes itself, egograph demo takes annotated ones")
    summary = webcam.run_webcam(config, config.load())
    tell(summary)
    return outcome_of(summary)

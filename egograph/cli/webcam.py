"""`egograph webcam`: the live demo."""

from dataclasses import dataclass, field
from typing import Literal

from egograph.cli.model_keys import ModelKeys
from egograph.cli.outcome import Outcome
from egograph.cli.run_report import outcome_of, tell
from egograph.streaming import webcam
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True, kw_only=True)
class WebcamConfig(ModelKeys):
    """What `egograph webcam` needs to know.

    Attributes:
        source: a camera's number or device, a file that is played as one, or an address.
        stream: the fixed clock.
        display: window or page; auto takes the window where there is a display.
        port: of the page, on this machine alone; 0 takes a free one.
    """

    source: str = "0"
    stream: ClipSampler = field(default_factory=ClipSampler)
    display: Literal["auto", "window", "page"] = "auto"
    port: int = 8765

    def __post_init__(self) -> None:
        self.live_demo()

    def live_demo(self) -> webcam.WebcamConfig:
        """The live demo's own config.

        Raises:
            ValueError: a value is out of its range.
        """
        return webcam.WebcamConfig(source=self.source, sampler=self.stream, display=self.display, port=self.port)


def run(config: WebcamConfig) -> Outcome:
    """Label and show the source until it ends or is ended.

    Raises:
        EgographError: no model, the source cannot be opened, or nothing can be shown.
    """
    config.own_nodes("egograph webcam")
    summary = webcam.run_webcam(config.live_demo(), config.load())
    tell(summary)
    return outcome_of(summary)

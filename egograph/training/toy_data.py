"""The toy kitchen's splits on disk, made when they are first asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from egograph.data.toy_kitchen.splits import SPLITS
from egograph.data.toy_kitchen.write import write_split
from egograph.ranges import at_least


@dataclass(frozen=True)
class ToyDataConfig:
    """Which toy kitchen videos, and where.

    Attributes:
        folder: where the splits are kept; a whole split is used again.
        stills: videos of the stills, for the first stage: few frames each, so that many kitchens are seen.
        train: videos of the train split, for the second stage.
        calibration: how many of these are kept from training, to calibrate on.
        held_out: videos of every other split.
        seed: draws all of them.
        workers: processes that render.

    Raises:
        ValueError: a value is out of its range.
    """

    folder: str = "outputs/toy_kitchen/data"
    stills: int = 2200
    train: int = 850
    calibration: int = 30
    held_out: int = 100
    seed: int = 0
    workers: int = 2

    def __post_init__(self) -> None:
        at_least(self, 1, "stills", "calibration", "held_out", "workers")
        if self.train <= self.calibration:
            raise ValueError(
                f"train={self.train}: has to be more than calibration={self.calibration}, which are kept from it"
            )

    def videos(self, split: str) -> int:
        """The videos of a split."""
        return {"stills": self.stills, "train": self.train}.get(split, self.held_out)


def make_split(config: ToyDataConfig, split: str, progress: Callable[[int], None]) -> Path:
    """Make a split if it is not there whole, and give the folder that holds it.

    Raises:
        EgographError: there is no such split, or the folder cannot be written.
    """
    folder = Path(config.folder)
    write_split(folder, split, config.videos(split), config.seed, config.workers, progress)
    return folder


STILLS_A_SECOND = float(SPLITS["stills"].rates[0])
SHIFTS = tuple(name for name in SPLITS if name.startswith("shift_"))

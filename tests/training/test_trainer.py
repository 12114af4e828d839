"""The training loop: resumed after a kill it goes on as if never stopped."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from egograph.training.batches import Batch, Sequences
from egograph.training.frame_store import FrameStore
from egograph.training.trainer import ScheduleConfig, run_training
from egograph.training.truth import VideoTruth

SCHEDULE = ScheduleConfig(steps=6, batch=2, clips=2, checkpoint_seconds=0.0)


class MeanTask:
    """Fits the mean brightness of a batch, with dropout so that the random state matters."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.module = nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.Linear(8, 1))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        colour = batch.pixels.float().mean(dim=(0, 2, 3, 4)) / 255
        return {"verb": (self.module(colour).squeeze(-1) - colour.mean(-1)).square().mean()}


class Killed(Exception):
    pass


@pytest.fixture(scope="module")
def data() -> Sequences:
    rng = np.random.default_rng(0)
    length = 20
    truth = VideoTruth(
        np.ones(length, dtype=bool), np.zeros((length, 2, 4), np.float32), np.full((length, 2), -1),
        np.full((length, 2), -1), np.full((length, 2), -2), np.full(length, -1), np.zeros(0, int), np.zeros(0, int),
    )  # fmt: skip
    store = FrameStore(rng.integers(0, 255, (2 * length, 8, 8, 3), dtype=np.uint8), np.array([0, length, 2 * length]))
    return Sequences(store, (truth, truth), clips=2, frames=4)


def weights(task: MeanTask) -> Tensor:
    return torch.cat([weight.flatten() for weight in task.module.parameters()])


def test_resumed_after_a_kill_it_ends_where_an_unbroken_run_ends(data: Sequences, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "broken").mkdir()
    whole = MeanTask()
    history = run_training(whole, data, SCHEDULE, tmp_path / "whole", lambda *_: None)

    def kill(step: int, _: dict[str, float]) -> None:
        if step == 4:
            raise Killed

    with pytest.raises(Killed):
        run_training(MeanTask(), data, SCHEDULE, tmp_path / "broken", kill)
    resumed = MeanTask()
    seen: list[int] = []
    again = run_training(resumed, data, SCHEDULE, tmp_path / "broken", lambda step, _: seen.append(step))
    assert seen == [4, 5, 6]
    assert again == history
    assert torch.equal(weights(whole), weights(resumed))


def test_a_half_written_checkpoint_is_not_taken_for_one(data: Sequences, tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt.part").write_bytes(b"half")
    seen: list[int] = []
    run_training(MeanTask(), data, SCHEDULE, tmp_path, lambda step, _: seen.append(step))
    assert seen == [1, 2, 3, 4, 5, 6]


def test_another_schedule_starts_anew(data: Sequences, tmp_path: Path) -> None:
    run_training(MeanTask(), data, SCHEDULE, tmp_path, lambda *_: None)
    seen: list[int] = []
    other = ScheduleConfig(steps=3, batch=2, clips=2, seed=1)
    run_training(MeanTask(), data, other, tmp_path, lambda step, _: seen.append(step))
    assert seen == [1, 2, 3]


def test_the_same_step_draws_the_same_batch(data: Sequences) -> None:
    first, second = (data.draw(3, np.random.default_rng([0, 5])) for _ in range(2))
    other = data.draw(3, np.random.default_rng([0, 6]))
    assert torch.equal(first.pixels, second.pixels)
    assert not torch.equal(first.pixels, other.pixels)
    assert first.pixels.shape == (2, 3, 4, 8, 8, 3)

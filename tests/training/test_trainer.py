"""The training loop: resumed after a kill it goes on as if never stopped."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from egograph.training.trainer import StageConfig, run_stage

STAGE = StageConfig(steps=6, size=4)
BASIS = "some videos"


class Brightness:
    """Fits the mean of random numbers, by both optimisers, with dropout so that the random state matters."""

    name = "brightness"

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.module: nn.Module = nn.Sequential(nn.Linear(3, 16), nn.Linear(16, 16), nn.Dropout(0.5), nn.Linear(16, 1))

    def draw(self, rng: np.random.Generator) -> Tensor:
        return torch.from_numpy(rng.random((STAGE.size, 3), dtype=np.float32))

    def losses(self, colour: Tensor) -> dict[str, Tensor]:
        return {"verb": (self.module(colour).squeeze(-1) - colour.mean(-1)).square().mean()}


class Killed(Exception):
    pass


def weights(task: Brightness) -> Tensor:
    return torch.cat([weight.flatten() for weight in task.module.parameters()])


def steps_run(folder: Path, stage: StageConfig, seed: int = 0, basis: str = BASIS) -> list[int]:
    seen: list[int] = []
    run_stage(Brightness(), stage, seed, folder, basis, lambda step, _: seen.append(step))
    return seen


def test_resumed_after_a_kill_it_ends_where_an_unbroken_run_ends(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    (tmp_path / "broken").mkdir()
    whole = Brightness()
    history = run_stage(whole, STAGE, 0, tmp_path / "whole", BASIS, lambda *_: None, checkpoint_seconds=0)

    def kill(step: int, _: dict[str, float]) -> None:
        if step == 4:
            raise Killed

    with pytest.raises(Killed):
        run_stage(Brightness(), STAGE, 0, tmp_path / "broken", BASIS, kill, checkpoint_seconds=0)
    resumed = Brightness()
    seen: list[int] = []
    again = run_stage(resumed, STAGE, 0, tmp_path / "broken", BASIS, lambda step, _: seen.append(step))
    assert seen == [4, 5, 6]
    assert again == history
    assert torch.equal(weights(whole), weights(resumed))


def test_a_finished_stage_is_not_run_again(tmp_path: Path) -> None:
    assert steps_run(tmp_path, STAGE) == [1, 2, 3, 4, 5, 6]
    assert steps_run(tmp_path, STAGE) == []


def test_a_half_written_checkpoint_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / "checkpoint-brightness.part").write_bytes(b"half")
    assert steps_run(tmp_path, STAGE) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("stage", "seed", "basis"),
    [(StageConfig(steps=3, size=4), 0, BASIS), (STAGE, 1, BASIS), (STAGE, 0, "other videos")],
)
def test_another_schedule_seed_or_basis_starts_anew(tmp_path: Path, stage: StageConfig, seed: int, basis: str) -> None:
    steps_run(tmp_path, STAGE)
    assert steps_run(tmp_path, stage, seed, basis) == list(range(1, stage.steps + 1))


def test_a_checkpoint_of_another_network_or_version_starts_anew(tmp_path: Path) -> None:
    larger = Brightness()
    larger.module.append(nn.Linear(1, 1))
    run_stage(larger, STAGE, 0, tmp_path, BASIS, lambda *_: None)
    assert steps_run(tmp_path, STAGE) == [1, 2, 3, 4, 5, 6]
    torch.save({"module": {}, "schedule": vars(STAGE) | {"seed": 0}}, tmp_path / "checkpoint-brightness.pt")
    assert steps_run(tmp_path, STAGE) == [1, 2, 3, 4, 5, 6]


def test_a_gradient_that_is_not_finite_stops_the_run(tmp_path: Path) -> None:
    task = Brightness()
    with torch.no_grad():
        task.module[0].weight.fill_(torch.inf)
    with pytest.raises(FloatingPointError, match="brightness, step 0"):
        run_stage(task, STAGE, 0, tmp_path, BASIS, lambda *_: None)

"""The whole training, small: it leaves a model that loads, and a resumed run leaves the same as an unbroken one."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from egograph.checkpoint import file_digest, load_baseline, load_model
from egograph.data.toy_kitchen import write
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.evaluation.competence.eyes import same_eyes
from egograph.training import train as training
from egograph.training.toy_data import ToyDataConfig
from egograph.training.train import TrainConfig, train
from egograph.training.trainer import StageConfig, run_stage
from tests.training.stopped import stopped_before_the_last_step


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> TrainConfig:
    folder = tmp_path_factory.mktemp("train")
    stage = StageConfig(steps=3, size=2)
    return TrainConfig(
        output=folder / "unbroken",
        encoder=TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1),
        data=ToyDataConfig(folder=str(folder / "data"), stills=2, train=4, calibration=1, held_out=1, workers=1),
        boxes=stage,
        actions=stage,
        control=stage,
        clips=2,
    )


@pytest.fixture(scope="module")
def unbroken(config: TrainConfig) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "SECONDS", (5.0, 6.0))
        train(config)
    return config.output


def test_it_leaves_a_calibrated_model_and_a_curve(unbroken: Path) -> None:
    assert bool(load_model(str(unbroken)).calibration.fitted)
    assert (unbroken / "curve.png").stat().st_size > 1000
    assert not list(unbroken.glob("*.part"))


@pytest.mark.parametrize("stage", ["boxes", "actions"])
def test_a_killed_run_goes_on_to_the_same_weights(
    stage: str, unbroken: Path, config: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "SECONDS", (5.0, 6.0))
    broken = replace(config, output=config.output.with_name(f"killed-in-{stage}"))
    began: list[tuple[str, int]] = []
    with monkeypatch.context() as patch:
        patch.setattr(training, "losses_bar", stopped_before_the_last_step(stage, began))
        patch.setattr(training, "run_stage", partial(run_stage, checkpoint_seconds=-1.0))
        with pytest.raises(KeyboardInterrupt):
            train(broken)
    assert began[-1] == (stage, 2)
    assert (broken.output / f"checkpoint-{stage}.pt").exists()
    assert not (broken.output / "model.safetensors").exists()
    began.clear()
    with monkeypatch.context() as patch:
        patch.setattr(training, "losses_bar", lambda bars, title, total: lambda step, _: began.append((title, step)))
        train(broken)
    assert began[0] == (stage, 2)
    assert file_digest(broken.output) == file_digest(unbroken)


def test_the_same_model_without_graph_has_the_same_eyes(config: TrainConfig, unbroken: Path) -> None:
    passing = replace(config.sizes.recogniser.message_passing, layer="none")
    sizes = replace(config.sizes, recogniser=replace(config.sizes.recogniser, message_passing=passing))
    output = unbroken.with_name("without_graph")
    train(replace(config, output=output, sizes=sizes))
    assert same_eyes(load_model(str(unbroken)), load_model(str(output)))


def test_the_control_is_trained_on_the_same_videos(config: TrainConfig, unbroken: Path) -> None:
    videos = {path: path.stat().st_mtime_ns for path in Path(config.data.folder).rglob("*")}
    output = unbroken.with_name("control")
    summary = train(replace(config, output=output, architecture="frames"))
    assert {path: path.stat().st_mtime_ns for path in Path(config.data.folder).rglob("*")} == videos
    assert list(summary["stages"]) == ["boxes", "frames"]
    assert not load_baseline(output).training


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ToyDataConfig(train=20), "train=20: has to be more than calibration=30, which are kept from it"),
        (lambda: ToyDataConfig(held_out=0), "held_out=0: has to be 1 or more"),
        (lambda: StageConfig(steps=0, size=1), "steps=0: has to be 1 or more"),
        (lambda: StageConfig(steps=1, size=1, learning_rate=0.0), "learning_rate=0.0: has to be a number above 0"),
        (lambda: StageConfig(steps=1, size=1, warmup=1.0), "warmup=1.0: has to be 0 or more and below 1"),
        (lambda: TrainConfig(output=Path("x"), clips=0), "clips=0: has to be 1 or more"),
        (lambda: TrainConfig(output=Path("x"), frames=65), "frames=65: has to be 1 to 64"),
    ],
)
def test_a_value_out_of_its_range_is_told(make, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        make()

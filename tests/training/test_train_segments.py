"""Training on annotated segments: it learns what there is to learn, and a resumed run is an unbroken one."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from egograph.checkpoint import digest_of, file_digest
from egograph.data.visor_split import VisorDataConfig, read_visor_split
from egograph.errors import EgographError
from egograph.evaluation.competence.conditions import MISSED
from egograph.evaluation.competence.segments import SegmentSubject
from egograph.evaluation.evaluate_segments import SegmentEvaluateConfig, evaluate_segments
from egograph.nn.message_passing import MessagePassingConfig
from egograph.nn.segment_recogniser import SegmentRecogniserConfig
from egograph.segment_checkpoint import load_segment_model
from egograph.training import train_segments as training
from egograph.training.segment_augment import SegmentLooks
from egograph.training.train_segments import SegmentTrainConfig, train_segments
from egograph.training.trainer import StageConfig, run_stage
from tests.training.stopped import stopped_before_the_last_step
from tests.visor_folder import write_visor_folder

SIZES = SegmentRecogniserConfig(
    dim=32, noun_factors=2, queries=2, past=2, dropout=0.0, message_passing=MessagePassingConfig(layers=1, heads=2)
)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> SegmentTrainConfig:
    folder = tmp_path_factory.mktemp("segments")
    data = write_visor_folder(folder, {f"P0{person}_101": 60 for person in range(1, 6)})
    return SegmentTrainConfig(
        output=folder / "model", data=data, recogniser=SIZES, segments=StageConfig(steps=4, size=16)
    )


def test_contact_before_and_after_tells_take_put_and_hold_apart(config: SegmentTrainConfig) -> None:
    learning = replace(
        config,
        output=config.output.with_name("learned"),
        looks=SegmentLooks(missed=0.0, unnamed=0.0, shortened=0.0),
        segments=StageConfig(steps=250, size=64, learning_rate=4e-3),
        fold=1,
    )
    summary = train_segments(learning)
    held = summary["held_out"]["metrics"]
    assert summary["held_out"]["segments"] == 60
    assert summary["output"] == str(learning.output / "fold1")
    assert held["all_verb_accuracy_at_1"]["value"] > 90
    assert held["all_noun_accuracy_at_1"]["value"] > 90
    assert held["all_action_accuracy_at_1"]["value"] > 85
    assert summary["segments"] == 240
    assert (learning.output / "fold1" / "curve.png").stat().st_size > 1000


def test_a_killed_run_goes_on_to_the_same_weights(config: SegmentTrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    train_segments(config)
    broken = replace(config, output=config.output.with_name("killed"))
    with monkeypatch.context() as patch:
        patch.setattr(training, "losses_bar", stopped_before_the_last_step("segments", []))
        patch.setattr(training, "run_stage", partial(run_stage, checkpoint_seconds=-1.0))
        with pytest.raises(KeyboardInterrupt):
            train_segments(broken)
    assert (broken.output / "checkpoint-segments.pt").exists()
    assert not (broken.output / "model.safetensors").exists()
    train_segments(broken)
    assert file_digest(broken.output) == file_digest(config.output)


def test_evaluation_scores_and_writes_what_it_saw(config: SegmentTrainConfig, tmp_path: Path) -> None:
    train_segments(config)
    model, classes = load_segment_model(config.output)
    assert (len(classes.verbs), len(classes.nouns)) == (3, 5)
    assert model.config == SIZES
    found = evaluate_segments(
        SegmentEvaluateConfig(output=tmp_path, data=config.data, model=config.output, split=("train",)), lambda _: None
    )["train"]
    assert (found["segments"], found["videos"]) == (300, 5)
    tasks = [f"{subset}_{task}" for task in ("verb", "noun", "action") for subset in ("all", "tail")]
    assert {f"{task}_accuracy_at_1" for task in tasks} <= set(found["metrics"])
    for metric in found["metrics"].values():
        assert 0 <= metric["low"] <= metric["value"] <= metric["high"] <= 100
    rows = (tmp_path / "predictions_train.jsonl").read_text().splitlines()
    shown = read_visor_split(config.data, "train", 2).shown
    assert len(rows) == len(shown)
    assert f'"narration_id": "{shown[0].segment.narration_id}"' in rows[0]
    triplets = [triplet for row in rows for triplet in json.loads(row)["triplets"]]
    assert {"left hand", "right hand"} >= {triplet[0] for triplet in triplets if triplet[1] == "contact"}
    touched = {triplet[2] for triplet in triplets if triplet[1] == "contact"}
    assert touched == {classes.nouns[entry.segment.noun] for entry in shown}
    assert (tmp_path / "table.md").read_text().startswith("| split | segments | all_verb @1 |")


def test_competence_is_reported_beside_the_same_model_without_graph(
    config: SegmentTrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SegmentSubject, "strengths", {MISSED: (0.5,)})  # of all, for time
    train_segments(config)
    passing = MessagePassingConfig(layers=1, heads=2, layer="none")
    alone = replace(config, output=tmp_path / "alone", recogniser=replace(SIZES, message_passing=passing))
    train_segments(alone)
    asked = SegmentEvaluateConfig(
        output=tmp_path / "scores",
        data=config.data,
        model=config.output,
        split=("train",),
        competence=True,
        without_graph=str(alone.output),
        draws=1,
    )
    score = evaluate_segments(asked, lambda _: None)["train"]["metrics"]["all_action_accuracy_at_1"]
    report = json.loads((asked.output / "competence.json").read_text())
    assert report["split"] == "train"
    assert report["rows"][0]["scores"]["graph"]["action"] == score
    assert set(report["cost"]) == {"graph", "without graph"}
    with pytest.raises(EgographError, match=r"train it: egograph train experiment=epic100_visor_without_graph; or"):
        evaluate_segments(replace(asked, without_graph=str(tmp_path / "nowhere")), lambda _: None)
    with pytest.raises(EgographError, match=r"a model with graph \(message_passing.layer=RelationalAttentionConv\)"):
        evaluate_segments(replace(asked, without_graph=str(config.output)), lambda _: None)
    assert report["models"]["without graph"] == [digest_of(alone.output)]
    other = replace(alone, output=tmp_path / "other", recogniser=replace(alone.recogniser, past=1))
    train_segments(other)
    with pytest.raises(EgographError, match=r"/other: trained with past=1, where the model beside it has 2; train it"):
        evaluate_segments(replace(asked, without_graph=str(other.output)), lambda _: None)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: SegmentRecogniserConfig(within=0), "within=0: has to be 1 or more"),
        (lambda: SegmentRecogniserConfig(dropout=1.0), "dropout=1.0: has to be 0 or more and below 1"),
        (lambda: SegmentLooks(missed=1.5), "missed=1.5: has to be 0 to 1"),
        (lambda: SegmentLooks(jitter=-1.0), "jitter=-1.0: has to be 0 or more"),
        (lambda: MessagePassingConfig(layers=0), "layers=0: has to be 1 or more"),
    ],
)
def test_sizes_out_of_their_range_are_told(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        make()


def test_a_fold_out_of_its_range_is_told() -> None:
    with pytest.raises(ValueError, match=r"^fold=4: has to be 0 to 3, or null$"):
        SegmentTrainConfig(output=Path("x"), data=VisorDataConfig(Path("x"), Path("x")), fold=4)

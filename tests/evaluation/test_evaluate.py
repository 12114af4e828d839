"""A model and its control, scored on a short split: what is written says what it is of."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from egograph.baseline import FrameBaseline
from egograph.checkpoint import file_digest, save_baseline, save_model, untrained
from egograph.data.classes import TOY_KITCHEN
from egograph.data.toy_kitchen import write
from egograph.encoders.registry import build_encoder
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.errors import EgographError
from egograph.evaluation.competence.clips import ClipSubject
from egograph.evaluation.competence.conditions import COARSE, MISSED
from egograph.evaluation.evaluate import EvaluateConfig, evaluate
from egograph.evaluation.split_score import markdown
from egograph.model import ModelConfig
from egograph.training.toy_data import ToyDataConfig

ENCODER = TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1)


def test_scores_and_what_they_are_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(write, "SECONDS", (5.0, 6.0))
    save_model(untrained(ModelConfig(), ENCODER), ENCODER, tmp_path / "model")
    save_baseline(FrameBaseline(build_encoder(ENCODER), TOY_KITCHEN), ENCODER, tmp_path / "control")
    config = EvaluateConfig(
        output=tmp_path / "scores",
        model=str(tmp_path / "model"),
        control=str(tmp_path / "control"),
        split=("val", "shift_look"),
        data=ToyDataConfig(folder=str(tmp_path / "data"), held_out=2, workers=1),
    )
    scores = evaluate(config, lambda _: None)
    written = json.loads((tmp_path / "scores" / "results.json").read_text())
    assert list(written["splits"]) == ["val", "shift_look"]
    mostly, wholly = scores[0].model.mostly.clips, scores[0].model.wholly.clips
    assert mostly >= wholly > 0
    for who in ("model", "control"):
        found = written["splits"]["val"][who]
        assert (found["mostly"]["clips"], found["wholly"]["clips"]) == (mostly, wholly)
    assert written["splits"]["val"]["abstention"]["abstained"] == 1.0  # never calibrated
    assert written["splits"]["val"]["abstention"]["kept_accuracy"] is None
    assert written["model"]["sha256"] == file_digest(tmp_path / "model")
    assert written["control"]["sha256"] == file_digest(tmp_path / "control")
    assert written["data"] == {"generator": write.GENERATOR_VERSION, "seed": 0, "videos": 2}
    assert not (tmp_path / "scores" / "competence.json").exists()
    table = (tmp_path / "scores" / "table.md").read_text()
    assert table == markdown(scores)
    assert [line.split("|")[1].strip() for line in table.splitlines()[2:]] == ["val", "val", "shift_look", "shift_look"]
    assert [line.split("|")[2].strip() for line in table.splitlines()[2:]] == ["model", "control"] * 2
    assert len({line.count("|") for line in table.splitlines()}) == 1


def test_competence_from_pixels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(write, "SECONDS", (3.0, 4.0))
    monkeypatch.setattr(ClipSubject, "strengths", {COARSE: (0.5,), MISSED: (0.5,)})  # of all, for time
    save_model(untrained(ModelConfig(), ENCODER), ENCODER, tmp_path / "model")
    config = EvaluateConfig(
        output=tmp_path / "scores",
        model=str(tmp_path / "model"),
        split=("val", "shift_pairs"),
        data=ToyDataConfig(folder=str(tmp_path / "data"), held_out=1, workers=1),
        competence=True,
        without_graph=None,
        draws=1,
    )
    [val, _] = evaluate(config, lambda _: None)
    report = json.loads((config.output / "competence.json").read_text())
    assert report["rows"][0]["condition"] == "as it is"
    assert report["rows"][0]["items"] == val.model.mostly.clips
    assert report["rows"][0]["scores"]["graph"]["action"]["value"] == pytest.approx(100 * val.model.mostly.action)
    assert "shift_pairs" in {row["condition"] for row in report["rows"]}
    with pytest.raises(EgographError, match=r"train it: egograph train experiment=toy_kitchen_without_graph; or"):
        evaluate(replace(config, without_graph=str(tmp_path / "nowhere")), lambda _: None)

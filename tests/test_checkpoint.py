"""A model saved and loaded."""

import json
from pathlib import Path

import pytest
import torch

from egograph.baseline import FrameBaseline
from egograph.checkpoint import (
    file_digest,
    fingerprint,
    load_baseline,
    load_model,
    save_baseline,
    save_model,
    untrained,
)
from egograph.data.classes import TOY_KITCHEN
from egograph.encoders.registry import build_encoder
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.errors import EgographError
from egograph.model import EgoGraph, ModelConfig

ENCODER = TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1)


@pytest.fixture
def model() -> EgoGraph:
    return untrained(ModelConfig(), ENCODER)


def test_saved_and_loaded_it_has_the_same_weights_and_classes(model: EgoGraph, tmp_path: Path) -> None:
    save_model(model, ENCODER, tmp_path)
    loaded = load_model(str(tmp_path))
    assert fingerprint(loaded) == fingerprint(model)
    assert loaded.vocabulary == model.vocabulary
    assert loaded.config == model.config
    assert not loaded.training


def test_the_fingerprint_is_of_what_nodes_come_from(model: EgoGraph) -> None:
    before = fingerprint(model)
    with torch.no_grad():
        model.recogniser.feature.weight += 1
    assert fingerprint(model) == before
    with torch.no_grad():
        model.extractor.read.noun.bias += 1
    assert fingerprint(model) != before


def test_a_file_digest_is_of_all_weights(model: EgoGraph, tmp_path: Path) -> None:
    save_model(model, ENCODER, tmp_path / "one")
    with torch.no_grad():
        model.recogniser.feature.weight += 1
    save_model(model, ENCODER, tmp_path / "two")
    assert file_digest(tmp_path / "one") != file_digest(tmp_path / "two")


def test_the_control_is_loaded_as_it_was_saved(tmp_path: Path) -> None:
    control = FrameBaseline(build_encoder(ENCODER), TOY_KITCHEN).eval()
    save_baseline(control, ENCODER, tmp_path)
    pixels = torch.randint(0, 256, (2, 32, 48, 3), dtype=torch.uint8)
    assert torch.equal(load_baseline(tmp_path).frame_tokens(pixels), control.frame_tokens(pixels))


def test_half_precision_halves_the_file_and_is_still_computed_with_in_fp32(model: EgoGraph, tmp_path: Path) -> None:
    save_model(model, ENCODER, tmp_path / "full")
    save_model(model, ENCODER, tmp_path / "half", torch.float16)
    full, half = ((tmp_path / name / "model.safetensors").stat().st_size for name in ("full", "half"))
    assert half < 0.55 * full
    assert load_model(str(tmp_path / "half")).recogniser.feature.weight.dtype == torch.float32


def test_another_encoder_leaves_what_follows_untrained_and_abstaining(
    model: EgoGraph, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    save_model(model, ENCODER, tmp_path)
    other = TinyEncoderConfig(height=48, width=48, widths=(4, 8, 16), fine=1, coarse=1)
    first, second = (load_model(str(tmp_path), other) for _ in range(2))
    assert fingerprint(first) == fingerprint(second)
    assert first.encoder.preprocess != model.encoder.preprocess
    assert "was not trained with this encoder: what follows it is untrained" in caplog.text
    assert not first.calibration.fitted


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.json", "{", "not of this version"),
        ("config.json", '{"format": 1}', "not of this version"),
        ("model.safetensors", "x", "does not fit config.json"),
    ],
)
def test_a_damaged_folder_is_told_in_one_line(
    model: EgoGraph, tmp_path: Path, name: str, content: str, said: str
) -> None:
    save_model(model, ENCODER, tmp_path)
    (tmp_path / name).write_text(content)
    with pytest.raises(EgographError, match=said) as fault:
        load_model(str(tmp_path))
    assert "\n" not in str(fault.value)


def test_a_model_of_another_format_is_refused(model: EgoGraph, tmp_path: Path) -> None:
    save_model(model, ENCODER, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    for other in (config | {"format": 99}, [config]):
        (tmp_path / "config.json").write_text(json.dumps(other))
        with pytest.raises(EgographError, match=r"not of this version \(its format is not 1\)"):
            load_model(str(tmp_path))


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(EgographError, match="no model here"):
        load_model(str(tmp_path))


def test_weights_of_other_sizes_are_refused(model: EgoGraph, tmp_path: Path) -> None:
    save_model(model, ENCODER, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    config["model"]["nodes"]["dim"] = 64
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(EgographError, match=r"does not fit config\.json"):
        load_model(str(tmp_path))

"""DINOv2 through transformers, on a small random checkpoint of the real class."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
    ViTConfig,
    ViTModel,
)

from egograph.encoders.dinov2 import DinoV2Config, DinoV2Encoder
from egograph.errors import EgographError

SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "image_size": 56,
    "patch_size": 14,
}
PIXELS = torch.randint(0, 255, (2, 56, 70, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def encoder(folder: Path, precision: str = "fp32") -> DinoV2Encoder:
    return DinoV2Encoder(DinoV2Config(checkpoint=str(folder), height=56, width=70, precision=precision))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("dinov2")
    Dinov2Model(Dinov2Config(**SIZES)).save_pretrained(folder)
    return folder


def test_tokens_are_the_models_own(checkpoint: Path) -> None:
    patches = encoder(checkpoint)(PIXELS)
    assert patches.tokens.shape == (2, 4, 5, 32)
    model = Dinov2Model.from_pretrained(checkpoint)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    planes = ((PIXELS / 255 - mean) / std).permute(0, 3, 1, 2)
    with torch.no_grad():
        hidden = model(pixel_values=planes).last_hidden_state
    assert torch.allclose(patches.summary, hidden[:, 0], atol=1e-4)
    assert torch.allclose(patches.tokens.flatten(1, 2), hidden[:, 1:], atol=1e-4)


def test_registers_are_no_patches(tmp_path: Path) -> None:
    torch.manual_seed(0)
    Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**SIZES, num_register_tokens=3)).save_pretrained(tmp_path)
    assert encoder(tmp_path)(PIXELS).tokens.shape == (2, 4, 5, 32)


def test_bf16_stays_near_fp32_and_gives_fp32(checkpoint: Path) -> None:
    exact, rounded = encoder(checkpoint)(PIXELS).tokens, encoder(checkpoint, "bf16")(PIXELS).tokens
    assert rounded.dtype == torch.float32
    assert not torch.equal(exact, rounded)
    assert (exact - rounded).abs().mean() < 0.02 * exact.abs().mean()


def test_it_is_frozen(checkpoint: Path) -> None:
    frozen = encoder(checkpoint).train()
    assert not any(weight.requires_grad for weight in frozen.parameters())
    assert not any(module.training for module in frozen.modules())


def test_a_size_that_does_not_fit_the_patches_names_one_that_does(checkpoint: Path) -> None:
    with pytest.raises(EgographError, match=r"encoder.width=75: no multiple of the patch size 14 .* choose 70"):
        DinoV2Encoder(DinoV2Config(checkpoint=str(checkpoint), height=56, width=75))


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    ViTModel(
        ViTConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32)
    ).save_pretrained(tmp_path)
    with pytest.raises(EgographError, match="a vit, not a DINOv2"):
        encoder(tmp_path)


def test_pickled_weights_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text((checkpoint / "config.json").read_text())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(EgographError, match="no safetensors"):
        encoder(tmp_path)


def test_an_absent_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EgographError, match="no such folder"):
        encoder(tmp_path / "absent")


def test_a_checkpoint_that_lacks_weights_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    shutil.copytree(checkpoint, tmp_path, dirs_exist_ok=True)
    weights = load_file(tmp_path / "model.safetensors")
    save_file(
        {name: tensor for name, tensor in weights.items() if ".layer.0." not in name}, tmp_path / "model.safetensors"
    )
    with pytest.raises(EgographError, match=r"lacks what its config asks for \(.*layer\.0\..*; \d+ in all\)"):
        encoder(tmp_path)


def test_weights_of_another_size_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    shutil.copytree(checkpoint, tmp_path, dirs_exist_ok=True)
    Dinov2Config(**SIZES | {"hidden_size": 48}).save_pretrained(tmp_path)
    with pytest.raises(EgographError, match="cannot be loaded"):
        encoder(tmp_path)


def test_a_cut_off_checkpoint_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    shutil.copytree(checkpoint, tmp_path, dirs_exist_ok=True)
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(EgographError, match="cannot be loaded"):
        encoder(tmp_path)


def test_loading_says_nothing(checkpoint: Path, capfd: pytest.CaptureFixture[str]) -> None:
    encoder(checkpoint)
    assert capfd.readouterr() == ("", "")

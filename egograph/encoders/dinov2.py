"""DINOv2 (arXiv 2304.07193) through `transformers`, frozen."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from egograph.encoders.encoder import Encoder
from egograph.encoders.patches import Patches
from egograph.encoders.precision import native_bf16
from egograph.encoders.preprocess import Preprocess
from egograph.errors import EgographError, first_line

log = logging.getLogger("egograph")

_KINDS = ("dinov2", "dinov2_with_registers")
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class DinoV2Config:
    """Which DINOv2, and at which size.

    Attributes:
        name: the encoder.
        checkpoint: a hub id or a local folder that holds config.json and model.safetensors.
        height: input pixels, a multiple of the patch size.
        width: input pixels, a multiple of the patch size.
        precision: "auto" computes in bf16 where the hardware multiplies in it and in fp32 elsewhere; "bf16"; "fp32".
    """

    name: Literal["dinov2"] = "dinov2"
    checkpoint: str = "facebook/dinov2-small"
    height: int = 224
    width: int = 280
    precision: Literal["auto", "bf16", "fp32"] = "auto"


class DinoV2Encoder(Encoder):
    """Patch tokens and the class token of a pretrained DINOv2, with or without registers.

    Raises:
        EgographError: the checkpoint is absent, holds no safetensors, is of another kind, or does not fit the size.
    """

    def __init__(self, config: DinoV2Config) -> None:
        super().__init__()
        self.config = config
        self.model = _load(config.checkpoint)
        self.patch: int = self.model.config.patch_size
        for side in ("height", "width"):
            if getattr(config, side) % self.patch:
                raise EgographError(
                    f"encoder.{side}={getattr(config, side)}: no multiple of the patch size {self.patch} of "
                    f"{config.checkpoint}; choose {getattr(config, side) // self.patch * self.patch or self.patch}"
                )
        self.prefix = 1 + getattr(self.model.config, "num_register_tokens", 0)
        self.dim = self.model.config.hidden_size
        self.preprocess = Preprocess(config.height, config.width, _IMAGENET_MEAN, _IMAGENET_STD)
        self.requires_grad_(False)

    @torch.no_grad()
    def forward(self, pixels: Tensor) -> Patches:
        """Encode pixels uint8 `[F, height, width, 3]` into tokens `[F, height/patch, width/patch, D]`, in fp32."""
        bf16 = self.config.precision == "bf16" or (self.config.precision == "auto" and native_bf16(pixels.device))
        with torch.autocast(pixels.device.type, torch.bfloat16, enabled=bf16):
            planes = self.preprocess.normalise(pixels)
            tokens = self.model(pixel_values=planes).last_hidden_state.float()
        grid = tokens[:, self.prefix :].unflatten(1, (planes.shape[2] // self.patch, planes.shape[3] // self.patch))
        return Patches(tokens=grid, summary=tokens[:, 0])

    def train(self, mode: bool = True) -> "DinoV2Encoder":
        """Stay in evaluation mode: the encoder is frozen."""
        return super().train(False)


def _load(checkpoint: str) -> Any:
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModel

    folder = Path(checkpoint)
    if folder.is_dir() and not any(folder.glob("*.safetensors")):
        raise EgographError(f"{checkpoint}: no safetensors in this folder; save the model with save_pretrained")
    if not folder.is_dir() and (checkpoint.startswith((".", os.sep)) or checkpoint.count("/") > 1):
        raise EgographError(f"{checkpoint}: no such folder; give a hub id or a folder that save_pretrained wrote")
    if not folder.is_dir():
        log.info("%s: taken from the Hugging Face hub, if it is not on this machine yet", checkpoint)
    with _quiet():
        try:
            config = AutoConfig.from_pretrained(checkpoint)
            if config.model_type not in _KINDS:
                raise EgographError(f"{checkpoint}: a {config.model_type}, not a DINOv2; give a checkpoint of DINOv2")
            model, found = AutoModel.from_pretrained(
                checkpoint, config=config, use_safetensors=True, dtype=torch.float32, output_loading_info=True
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as fault:
            raise EgographError(
                f"{checkpoint}: cannot be loaded ({first_line(fault)}); give a hub id or a whole local folder"
            ) from None
    if found["missing_keys"]:  # transformers would draw them at random
        name, count = min(found["missing_keys"]), len(found["missing_keys"])
        raise EgographError(f"{checkpoint}: lacks what its config asks for ({name}; {count} in all); fetch it anew")
    return model.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings and progress bars of transformers: what matters is said by us."""
    from transformers.utils import logging as transformers_logging

    loud, bars = transformers_logging.get_verbosity(), transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    try:
        yield
    finally:
        transformers_logging.set_verbosity(loud)
        if bars:
            transformers_logging.enable_progress_bar()

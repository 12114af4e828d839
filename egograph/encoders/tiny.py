"""The built-in encoder: a small convolutional net with a patch grid of stride 8, trained from scratch."""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.memory_format import convert_conv2d_weight_memory_format

from egograph.encoders.encoder import Encoder
from egograph.encoders.patches import Patches
from egograph.encoders.preprocess import Preprocess


@dataclass(frozen=True)
class TinyEncoderConfig:
    """Size of the built-in encoder.

    Attributes:
        name: the encoder.
        height: input pixels, a multiple of 16.
        width: input pixels, a multiple of 16.
        widths: channels at stride 2, 4 and 8; the last is the token dim.
        fine: residual blocks at stride 8.
        coarse: residual blocks at stride 16.
    """

    name: Literal["tiny"] = "tiny"
    height: int = 128
    width: int = 160
    widths: tuple[int, int, int] = (32, 64, 96)
    fine: int = 1
    coarse: int = 3


class TinyEncoder(Encoder):
    """Three strided convolutions, residual blocks, and a coarser branch that adds the context of the frame."""

    def __init__(self, config: TinyEncoderConfig | None = None) -> None:
        super().__init__()
        self.config = config or TinyEncoderConfig()
        first, second, dim = self.config.widths
        self.dim = dim
        self.preprocess = Preprocess(self.config.height, self.config.width)
        self.stem = nn.Sequential(
            _ConvNormAct(3, first, stride=2),
            _ConvNormAct(first, second, stride=2),
            _ConvNormAct(second, dim, stride=2),
        )
        self.fine = nn.Sequential(*[_Residual(dim) for _ in range(self.config.fine)])
        self.coarse = nn.Sequential(
            _ConvNormAct(dim, dim, stride=2), *[_Residual(dim) for _ in range(self.config.coarse)]
        )
        self.merge = _Residual(dim)
        convert_conv2d_weight_memory_format(self, torch.channels_last)  # what a CPU convolves fastest

    def forward(self, pixels: Tensor) -> Patches:
        """Encode pixels uint8 `[F, height, width, 3]` into tokens `[F, height/8, width/8, D]`."""
        planes = self.preprocess.normalise(pixels)
        fine = self.fine(self.stem(planes))
        coarse = self.coarse(fine)
        grid = self.merge(fine + F.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        return Patches(tokens=grid.permute(0, 2, 3, 1), summary=coarse.mean(dim=(2, 3)))


class _ConvNormAct(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, planes: Tensor) -> Tensor:
        return F.relu(self.norm(self.conv(planes)), inplace=True)


class _Residual(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.first = _ConvNormAct(dim, dim)
        self.second = nn.Conv2d(dim, dim, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(dim)

    def forward(self, planes: Tensor) -> Tensor:
        return F.relu(planes + self.norm(self.second(self.first(planes))), inplace=True)

"""From a frame of any size to an encoder's input: the whole frame, resized."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Preprocess:
    """Resizes whole frames, so that a box in 0..1 means the same in the frame and on the patch grid.

    Nothing is cropped: in first-person video hands enter at the borders. The aspect ratio is not kept.

    Attributes:
        height: pixels.
        width: pixels.
        mean: per channel, of pixels in 0..1; the encoder subtracts it.
        std: per channel; the encoder divides by it.
    """

    height: int
    width: int
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.25, 0.25, 0.25)

    def __call__(self, frames: NDArray[np.uint8]) -> Tensor:
        """Resize frames uint8 `[T, H, W, 3]` to uint8 `[T, height, width, 3]`, antialiased."""
        pixels = torch.from_numpy(np.ascontiguousarray(frames))
        if pixels.shape[1:3] == (self.height, self.width):
            return pixels.clone()
        planes = pixels.permute(0, 3, 1, 2)
        resized = F.interpolate(planes, (self.height, self.width), mode="bilinear", antialias=True)
        return resized.permute(0, 2, 3, 1).contiguous()

    def normalise(self, pixels: Tensor) -> Tensor:
        """Turn pixels uint8 `[F, h, w, 3]` into an encoder's planes `[F, 3, h, w]`, channels last in memory."""
        mean = pixels.new_tensor(self.mean, dtype=torch.float32) * 255
        std = pixels.new_tensor(self.std, dtype=torch.float32) * 255
        return pixels.float().sub_(mean).div_(std).permute(0, 3, 1, 2)

    def key(self) -> dict[str, Any]:
        """The part of a cache key that says how frames were prepared."""
        return asdict(self) | {"resize": "bilinear-antialias"}

"""The face of every frame encoder."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from egograph.encoders.patches import Patches
from egograph.encoders.preprocess import Preprocess


class Encoder(nn.Module, ABC):
    """Encodes frames one by one: no frame sees another, so streams can share a batch.

    Attributes:
        preprocess: how frames are prepared before they come here.
        dim: channels `D` of the patch tokens and of the global token.
    """

    preprocess: Preprocess
    dim: int

    @abstractmethod
    def forward(self, pixels: Tensor) -> Patches:
        """Encode pixels uint8 `[F, height, width, 3]`."""

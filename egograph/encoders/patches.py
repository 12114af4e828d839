"""What an encoder gives for each frame: a grid of patch tokens and one global token."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Patches:
    """The encoding of `F` frames, of one clip or of several in a row.

    Attributes:
        tokens: `[F, h, w, D]`, one token a patch, row by row from the top left.
        summary: `[F, D]`, one global token a frame.
    """

    tokens: Tensor
    summary: Tensor

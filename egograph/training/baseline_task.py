"""The control's second stage: pooling and temporal head, on the frozen encoder that the first stage trained."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from egograph.baseline import FrameBaseline
from egograph.encoders.precision import mixed_precision
from egograph.training.action_loss import action_losses, stack_logits
from egograph.training.augment import Look, augment
from egograph.training.frame_store import FrameStore
from egograph.training.truth import VideoTruth
from egograph.training.windows import Windows, draw_windows


@dataclass(frozen=True)
class DrawnPixels:
    """Windows, and their pixels uint8 `[S, B, T, h, w, 3]`."""

    pixels: Tensor
    windows: Windows


class BaselineTask:
    """Trains pooling and head on windows, each in a random look; the temporal state runs through each window.

    The encoder stays as it is, as it does in the model's second stage.

    Args:
        model: the control.
        store: the frames.
        truths: of each video.
        size: windows a step.
        clips: clips a window.
        frames: frames a clip.
    """

    name = "frames"

    def __init__(
        self,
        model: FrameBaseline,
        store: FrameStore,
        truths: Sequence[VideoTruth],
        size: int,
        clips: int,
        frames: int,
    ) -> None:
        self.model, self.store, self.truths = model, store, truths
        self.size, self.clips, self.frames = size, clips, frames
        self.module: nn.Module = nn.ModuleList([model.pool, model.head])

    def draw(self, rng: np.random.Generator) -> DrawnPixels:
        """A batch of windows."""
        windows = draw_windows(self.truths, self.store.offset, self.size, self.clips, self.frames, rng)
        pixels = torch.stack([self._seen(windows.frame[:, row], rng) for row in range(self.size)], dim=1)
        return DrawnPixels(pixels, windows)

    def losses(self, drawn: DrawnPixels) -> dict[str, Tensor]:
        """Action losses."""
        windows = drawn.windows
        with mixed_precision(self.model.pool.queries.device):
            with torch.no_grad():
                patches = self.model.encoder(drawn.pixels.flatten(0, 2)).tokens
            tokens = self.model.pool(patches)
        tokens = tokens.unflatten(0, tuple(windows.valid.shape))
        hidden, logits = self.model.start(self.size), []
        for clip, valid in zip(tokens, windows.valid, strict=True):
            part, hidden = self.model(clip, valid, hidden)
            logits.append(part)
        return action_losses(stack_logits(logits), windows.actions)

    def _seen(self, frame: Tensor, rng: np.random.Generator) -> Tensor:
        """The pixels uint8 `[S, T, h, w, 3]` of one window in a random look."""
        pixels = torch.from_numpy(self.store.pixels[frame.flatten().numpy()])
        none = torch.zeros(len(pixels), 1, 4), torch.full((len(pixels), 1), -1), torch.full((len(pixels), 2), -1)
        return augment(pixels, *none, Look.draw(rng))[0].unflatten(0, tuple(frame.shape))

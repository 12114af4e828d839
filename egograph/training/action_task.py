"""The second stage: the recogniser, from the nodes that the first stage's extractor finds."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from egograph.model import EgoGraph
from egograph.nodes.nodes import OBJECT, Nodes
from egograph.training.action_loss import action_losses, stack_logits
from egograph.training.frame_nodes import FrameNodes
from egograph.training.truth import VideoTruth
from egograph.training.windows import draw_windows

_DROPPED = 0.08
_JITTER = 0.004


class ActionTask:
    """Trains tracker-fed graph, message passing and temporal head; the stream state runs through each window.

    Args:
        model: the whole model; its encoder and extractor stay as they are.
        views: the nodes of all frames, once for every look that they were found in.
        truths: of each video.
        offset: int64 `[V + 1]`, the rows of each video.
        size: windows a step.
        clips: clips a window.
        frames: frames a clip.
    """

    name = "actions"

    def __init__(
        self,
        model: EgoGraph,
        views: Sequence[FrameNodes],
        truths: Sequence[VideoTruth],
        offset: NDArray[np.int64],
        size: int,
        clips: int,
        frames: int,
    ) -> None:
        self.model, self.views, self.truths, self.offset = model, views, truths, offset
        self.size, self.clips, self.frames = size, clips, frames
        self.module: nn.Module = model.recogniser

    def losses(self, rng: np.random.Generator) -> dict[str, Tensor]:
        """Action losses of freshly drawn windows, all of one view."""
        windows = draw_windows(self.truths, self.offset, self.size, self.clips, self.frames, rng)
        view = self.views[int(rng.integers(len(self.views)))]
        state, logits = self.model.recogniser.start(self.size), []
        for frame, valid in zip(windows.frame, windows.valid, strict=True):
            recognition = self.model.recogniser(_disturbed(view.clips(frame, valid), rng), valid, state)
            state = recognition.state
            logits.append(recognition.logits)
        return action_losses(stack_logits(logits), windows.actions)


def _disturbed(nodes: Nodes, rng: np.random.Generator) -> Nodes:
    """Some objects missed, all boxes a little off: what another video would bring."""
    draw = torch.from_numpy(rng.random(len(nodes), dtype=np.float32))
    missed = (nodes.kind == OBJECT) & (draw < _DROPPED)
    noise = torch.from_numpy(rng.standard_normal((len(nodes), 4), dtype=np.float32)) * _JITTER
    return nodes.with_(
        score=torch.where(missed, 0.0, nodes.score),
        box=torch.where((nodes.kind <= OBJECT)[:, None], (nodes.box + noise).clamp(0, 1), nodes.box),
    )

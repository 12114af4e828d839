"""The second stage: the recogniser, from the nodes that the first stage's extractor finds in videos new to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from egograph.encoders.precision import mixed_precision
from egograph.model import EgoGraph
from egograph.nodes.nodes import OBJECT, Nodes
from egograph.training.action_loss import action_losses, stack_logits
from egograph.training.frame_nodes import FrameNodes
from egograph.training.truth import VideoTruth
from egograph.training.windows import Windows, draw_windows

_DROPPED = 0.08
_JITTER = 0.004


@dataclass(frozen=True)
class DrawnNodes:
    """Windows, and the nodes of each of their `S` clips."""

    clips: tuple[Nodes, ...]
    windows: Windows


class ActionTask:
    """Trains tracker-fed graph, message passing and temporal head; the stream state runs through each window.

    The videos should be new to the first stage: its own it knows too well, and a recogniser trained on nodes as clear
    as those is lost where they are not.

    Args:
        model: the whole model; its encoder and extractor stay as they are.
        found: the nodes of all frames.
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
        found: FrameNodes,
        truths: Sequence[VideoTruth],
        offset: NDArray[np.int64],
        size: int,
        clips: int,
        frames: int,
    ) -> None:
        self.model, self.found, self.truths, self.offset = model, found, truths, offset
        self.size, self.clips, self.frames = size, clips, frames
        self.module: nn.Module = model.recogniser

    def draw(self, rng: np.random.Generator) -> DrawnNodes:
        """A batch of windows."""
        windows = draw_windows(self.truths, self.offset, self.size, self.clips, self.frames, rng)
        clips = [_disturbed(self.found.clips(*clip), rng) for clip in zip(windows.frame, windows.valid, strict=True)]
        return DrawnNodes(tuple(clips), windows)

    def losses(self, drawn: DrawnNodes) -> dict[str, Tensor]:
        """Action losses."""
        state, logits = self.model.recogniser.start(self.size), []
        for nodes, valid in zip(drawn.clips, drawn.windows.valid, strict=True):
            with mixed_precision(self.model.device):
                recognition = self.model.recogniser(nodes, valid, state)
            state = recognition.state
            logits.append(recognition.logits)
        return action_losses(stack_logits(logits), drawn.windows.actions)


def _disturbed(nodes: Nodes, rng: np.random.Generator) -> Nodes:
    """Some objects missed, all boxes a little off: what another video would bring."""
    draw = torch.from_numpy(rng.random(len(nodes), dtype=np.float32))
    missed = (nodes.kind == OBJECT) & (draw < _DROPPED)
    noise = torch.from_numpy(rng.standard_normal((len(nodes), 4), dtype=np.float32)) * _JITTER
    return nodes.with_(
        score=torch.where(missed, 0.0, nodes.score),
        box=torch.where((nodes.kind <= OBJECT)[:, None], (nodes.box + noise).clamp(0, 1), nodes.box),
    )

"""What is trained: the whole model, or its control. Both see the same batches."""

from typing import Protocol

from torch import Tensor, nn

from egograph.baseline import FrameBaseline
from egograph.encoders.precision import mixed_precision
from egograph.model import EgoGraph
from egograph.nodes.layout import lay_out
from egograph.nodes.query import found
from egograph.training.action_loss import action_losses, stack_logits
from egograph.training.batches import Batch
from egograph.training.detection_loss import detection_losses


class Task(Protocol):
    """A module and its losses on a batch."""

    @property
    def module(self) -> nn.Module:
        """What is trained."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses by name; training minimises their weighted sum."""


WEIGHTS = {
    "heat": 1.0, "reach": 1.0, "box": 1.0, "score": 1.0, "object": 0.5, "contact": 1.0,
    "verb": 1.0, "noun": 1.0, "acting": 0.5,
}  # fmt: skip


class GraphTask:
    """The whole model, from pixels: boxes, nouns and contacts where annotated, actions everywhere."""

    def __init__(self, model: EgoGraph) -> None:
        self.model = model

    @property
    def module(self) -> nn.Module:
        """The model."""
        return self.model

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Detection losses and action losses; the streams' state runs through each sequence."""
        clips, streams = batch.valid.shape[:2]
        with mixed_precision(self.model.device):
            patches = self.model.encoder(batch.pixels.flatten(0, 2))
            extraction = self.model.extractor(patches)
        nodes = lay_out(found(extraction), batch.valid.flatten(0, 1))
        state, logits = self.model.start(streams), []
        for clip in range(clips):
            recognition = self.model.recogniser(
                nodes.between(clip * streams, (clip + 1) * streams), batch.valid[clip], state
            )
            state = recognition.state
            logits.append(recognition.logits)
        return detection_losses(extraction.frames(batch.annotated), batch.boxes) | action_losses(
            stack_logits(logits), batch.actions
        )


class BaselineTask:
    """The control, from pixels: actions alone."""

    def __init__(self, model: FrameBaseline) -> None:
        self.model = model

    @property
    def module(self) -> nn.Module:
        """The control."""
        return self.model

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Action losses; the temporal state runs through each sequence."""
        clips, streams, length = batch.valid.shape
        with mixed_precision(self.model.queries.device):
            tokens = self.model.frame_tokens(batch.pixels.flatten(0, 2))
        tokens = tokens.float().view(clips, streams, length, -1)
        hidden, logits = self.model.start(streams), []
        for clip in range(clips):
            part, hidden = self.model(tokens[clip], batch.valid[clip], hidden)
            logits.append(part)
        return action_losses(stack_logits(logits), batch.actions)

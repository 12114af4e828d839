"""The first stage: encoder and node extractor, from annotated frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from egograph.encoders.precision import mixed_precision
from egograph.model import EgoGraph
from egograph.nodes.box import area
from egograph.nodes.nodes import LEFT_HAND, RIGHT_HAND
from egograph.training.augment import Look, augment
from egograph.training.detection_loss import BoxTruth, detection_losses
from egograph.training.frame_store import FrameStore
from egograph.training.truth import NO_ACTION, VideoTruth

_DROPOUT = 0.3
_HARDLY_SEEN = 0.04  # of the frame
_OFTENER = 3.0


@dataclass(frozen=True)
class DrawnFrames:
    """`F` annotated frames.

    Attributes:
        pixels: uint8 `[F, h, w, 3]`.
        truth: their boxes.
        verb: int64 `[F]`, of the action that each is in, `NO_ACTION` if none.
        noun: int64 `[F]`.
    """

    pixels: Tensor
    truth: BoxTruth
    verb: Tensor
    noun: Tensor


@dataclass(frozen=True)
class AnnotatedFrames:
    """Draws single annotated frames, each from a random video and in a random look.

    Frames in which a hand is absent or hardly seen are few, and are drawn oftener.
    """

    store: FrameStore
    truths: Sequence[VideoTruth]

    @cached_property
    def _chances(self) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """The annotated ticks of each video and the chance of each."""
        return [_chances(truth) for truth in self.truths]

    def draw(self, size: int, rng: np.random.Generator) -> DrawnFrames:
        """Draw `size` frames."""
        rows = [self._one(rng) for _ in range(size)]
        pixels, box, kind, noun, touches, actions = (torch.cat(column) for column in zip(*rows, strict=True))
        return DrawnFrames(pixels, BoxTruth(box, kind, noun, touches), actions[:, 0], actions[:, 1])

    def _one(self, rng: np.random.Generator) -> tuple[Tensor, ...]:
        video = int(rng.integers(len(self.truths)))
        truth, (ticks, chances) = self.truths[video], self._chances[video]
        tick = int(rng.choice(ticks, p=chances))
        pixels = torch.from_numpy(self.store.pixels[self.store.offset[video] + tick][None].copy())
        box, kind, noun, touches = (
            torch.from_numpy(getattr(truth, name)[tick][None]) for name in ("box", "kind", "noun", "touches")
        )
        pixels, box, kind, touches = augment(pixels, box, kind, touches, Look.draw(rng))
        return pixels, box, kind, noun, touches, torch.tensor([_action(truth, tick)])


def _chances(truth: VideoTruth) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    ticks = np.flatnonzero(truth.annotated)
    size = area(torch.from_numpy(truth.box[ticks])).numpy()
    seen = [np.where(truth.kind[ticks] == side, size, 0.0).max(axis=1) for side in (LEFT_HAND, RIGHT_HAND)]
    weight = np.where(np.minimum(*seen) < _HARDLY_SEEN, _OFTENER, 1.0)
    return ticks, weight / weight.sum()


def _action(truth: VideoTruth, tick: int) -> tuple[int, int]:
    segment = int(truth.segment[tick])
    if segment == NO_ACTION:
        return NO_ACTION, NO_ACTION
    return int(truth.verb[segment]), int(truth.segment_noun[segment])


class BoxTask:
    """Trains encoder and extractor to find and read hands, objects and contacts.

    The hands' and the scene's features are also asked for the action, as far as a single frame tells it. The boxes
    alone would let them forget what they don't need: running water, a door ajar, food half cut. The linear layer that
    asks is not part of the model.

    Args:
        model: the whole model.
        data: draws the frames.
        size: frames a step.
    """

    name = "boxes"

    def __init__(self, model: EgoGraph, data: AnnotatedFrames, size: int) -> None:
        self.model, self.data, self.size = model, data, size
        self.classes = (len(model.vocabulary.verbs), len(model.vocabulary.nouns))
        self.auxiliary = nn.Sequential(nn.Dropout(_DROPOUT), nn.Linear(3 * model.config.nodes.dim, sum(self.classes)))
        self.module: nn.Module = nn.ModuleList([model.encoder, model.extractor, self.auxiliary])

    def draw(self, rng: np.random.Generator) -> DrawnFrames:
        """A batch of frames."""
        return self.data.draw(self.size, rng)

    def losses(self, drawn: DrawnFrames) -> dict[str, Tensor]:
        """Detection losses, and what a glance tells of the action."""
        with mixed_precision(self.model.device), sdpa_kernel(SDPBackend.MATH):  # flash is slow on so few nodes
            extraction = self.model.extractor(self.model.encoder(drawn.pixels))
        feature = extraction.reading.feature
        action = torch.cat([feature[:, LEFT_HAND], feature[:, RIGHT_HAND], feature[:, -1]], dim=-1)
        verb, noun = self.auxiliary(action).split(self.classes, dim=-1)
        glance = _known(verb, drawn.verb) + _known(noun, drawn.noun)
        return detection_losses(extraction, drawn.truth) | {"glance": glance}


def _known(logits: Tensor, target: Tensor) -> Tensor:
    """The mean cross-entropy where there is a target, 0 if there is none."""
    known = target >= 0
    return F.cross_entropy(logits[known], target[known], reduction="sum") / known.sum().clamp(min=1)

"""The path of a clip, step by step: prepare, observe, label. The streaming job runs the same steps in actors."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from egograph.encoders.preprocess import Preprocess
from egograph.graph.scene_graph import SceneGraph
from egograph.label import ActionLabel
from egograph.labelling import action_label
from egograph.model import EgoGraph
from egograph.nn.state import StreamState
from egograph.nodes.annotations import GivenBoxes, VisorBoxes
from egograph.nodes.nodes import Nodes
from egograph.video.clip import Clip


@dataclass(frozen=True)
class ClipSpan:
    """Which clip of which stream, and when.

    Attributes:
        stream: the stream's name.
        index: the clip's index.
        start: seconds from the stream's first frame.
        stop: seconds.
        times: float64 `[T]`, seconds, of each frame.
        valid: bool `[T]`, false for padded frames.
    """

    stream: str
    index: int
    start: float
    stop: float
    times: NDArray[np.float64]
    valid: NDArray[np.bool_]

    @classmethod
    def of(cls, clip: Clip) -> "ClipSpan":
        """The span of a clip."""
        return cls(clip.stream, clip.index, clip.start, clip.stop, clip.times, clip.valid)


@dataclass(frozen=True)
class PreparedClip:
    """A clip at the encoder's size: pixels uint8 `[T, height, width, 3]`, and `arrival`, when its last frame was there.

    `arrival` is in seconds of `time.time()`, which processes of one machine share.
    """

    span: ClipSpan
    pixels: Tensor
    arrival: float


@dataclass(frozen=True)
class ObservedClip:
    """A clip as its nodes: all that the recogniser needs, and all that the cache keeps."""

    span: ClipSpan
    nodes: Nodes
    arrival: float


@dataclass(frozen=True)
class LabelledClip:
    """A clip's label and the graph that led to it."""

    span: ClipSpan
    label: ActionLabel
    graph: SceneGraph


def age_ms(clip: ObservedClip) -> int:
    """Milliseconds since the clip's last frame was there."""
    return max(0, round(1000 * (time.time() - clip.arrival)))


def prepare(clip: Clip, preprocess: Preprocess, arrival: float | None = None) -> PreparedClip:
    """Resize a clip's frames to the encoder's input."""
    return PreparedClip(ClipSpan.of(clip), preprocess(clip.frames), time.time() if arrival is None else arrival)


def observe(model: EgoGraph, clips: Sequence[PreparedClip], boxes: VisorBoxes | None = None) -> list[ObservedClip]:
    """Find the nodes of clips, of one stream or of many, in one batch; with `boxes`, at annotated boxes."""
    pixels = torch.stack([clip.pixels for clip in clips])
    valid = torch.from_numpy(np.stack([clip.span.valid for clip in clips]))
    given = GivenBoxes.cat([boxes.at(clip.span.stream, clip.span.times) for clip in clips]) if boxes else None
    nodes = model.observe(pixels, valid, given)
    return [ObservedClip(clip.span, nodes.clip(row), clip.arrival) for row, clip in enumerate(clips)]


class StreamLabeller:
    """Labels the clips of one stream in their order; between them it keeps the stream's state, and nothing else."""

    def __init__(self, model: EgoGraph, state: StreamState | None = None) -> None:
        self.model = model
        self.state = state or model.start()

    def label(self, clip: ObservedClip) -> LabelledClip:
        """Label the stream's next clip."""
        valid = torch.from_numpy(clip.span.valid)[None].to(self.model.device)
        recognition, judgement = self.model.recognise(clip.nodes, valid, self.state)
        self.state = recognition.state
        span = clip.span
        label = action_label(
            recognition,
            judgement,
            self.model.vocabulary,
            stream=span.stream,
            clip=span.index,
            start=span.start,
            stop=span.stop,
            age_ms=age_ms(clip),
        )
        return LabelledClip(span, label, recognition.graph)


def label_clips(
    model: EgoGraph, clips: Iterator[Clip], boxes: VisorBoxes | None = None
) -> Iterator[tuple[Clip, ObservedClip, LabelledClip]]:
    """Run one stream through the whole path in this process; with `boxes`, its nodes are at annotated boxes."""
    labeller = StreamLabeller(model)
    for clip in clips:
        [observed] = observe(model, [prepare(clip, model.encoder.preprocess)], boxes)
        yield clip, observed, labeller.label(observed)

"""The few moments of a stream that a report shows in full, chosen while the clips come."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egograph.graph.scene_graph import RELATIONS, SceneGraph
from egograph.label import ActionLabel
from egograph.pipeline import LabelledClip
from egograph.report.frame_graph import FrameGraph, frame_graph
from egograph.report.overlay import draw_graph, fit
from egograph.video.clip import Clip

_MOST = 8
_MOST_UNSURE = 3
_STILL_SIDE = 800
_STILL_SCALE = 1.35  # a still is shown smaller than a video
_JPEG_QUALITY = 82


@dataclass(frozen=True)
class Moment:
    """One frame of a clip, with its graph.

    Attributes:
        run: which run of clips with the same action it stands for; clips that abstain are runs of their own.
        label: the clip's label.
        time: seconds from the stream's first frame.
        graph: the frame's hands and objects.
        still: a JPEG of the frame with its graph drawn on it.
        width: the still's, in pixels.
        height: the still's, in pixels.
    """

    run: int
    label: ActionLabel
    time: float
    graph: FrameGraph
    still: bytes
    width: int
    height: int

    @property
    def worth(self) -> tuple[float, float]:
        """What decides between moments: the confidence of a label; of clips that abstain, the surest contact."""
        contact = self.graph.strongest_contact
        return (contact, self.label.confidence) if self.label.abstain else (self.label.confidence, contact)


class MomentPicker:
    """Keeps the best moment of each run of one action, at most `_MOST` a stream, and few of clips that abstain.

    Args:
        nouns: the vocabulary's nouns.
    """

    def __init__(self, nouns: tuple[str, ...]) -> None:
        self._nouns = nouns
        self._kept: list[Moment] = []
        self._run = -1
        self._action: str | None = None

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The moments so far, in order of time."""
        return tuple(sorted(self._kept, key=lambda moment: moment.label.clip))

    def offer(self, clip: Clip, labelled: LabelledClip) -> None:
        """Consider a stream's next clip."""
        label = labelled.label
        action = None if label.abstain else label.action
        if action is None or action != self._action:
            self._run += 1
        self._action = action
        same = next((moment for moment in self._kept if moment.run == self._run), None)
        if same is not None and same.label.confidence >= label.confidence:
            return
        if same is not None:
            self._kept.remove(same)
        self._kept.append(_moment(clip, labelled, self._nouns, self._run))
        self._make_room()

    def _make_room(self) -> None:
        unsure = [moment for moment in self._kept if moment.label.abstain]
        if len(unsure) > _MOST_UNSURE or (unsure and len(self._kept) > _MOST):
            self._kept.remove(min(unsure, key=lambda moment: moment.worth))
        elif len(self._kept) > _MOST:
            actions = [moment.label.action for moment in self._kept]
            repeated = [moment for moment in self._kept if actions.count(moment.label.action) > 1]
            self._kept.remove(min(repeated or self._kept, key=lambda moment: moment.worth))


def _moment(clip: Clip, labelled: LabelledClip, nouns: tuple[str, ...], run: int) -> Moment:
    index = _telling_frame(labelled.graph, int(clip.valid.sum()))
    graph = frame_graph(labelled.graph, nouns, index)
    picture = fit(clip.frames[index], (_STILL_SIDE, _STILL_SIDE))
    return Moment(
        run=run,
        label=labelled.label,
        time=float(clip.times[index]),
        graph=graph,
        still=_jpeg(draw_graph(picture, graph, _STILL_SCALE)),
        width=picture.shape[1],
        height=picture.shape[0],
    )


def _telling_frame(graph: SceneGraph, length: int) -> int:
    """The frame with the most contact among the clip's `length` real ones; the middle one if there is none."""
    frame = graph.nodes.frame[graph.edge_index[0]]
    real = (graph.relation == RELATIONS.index("contact")) & (frame >= 0) & (frame < length)
    contact = graph.confidence.new_zeros(length).index_add_(0, frame[real], graph.confidence[real])
    return int(contact.argmax()) if bool(real.any()) else length // 2


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()

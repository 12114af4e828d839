"""What annotations say of each frame and of each clip of a video on the fixed clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.classes import EPIC_NOUN_IDS, EPIC_VERB_IDS, Vocabulary
from egograph.data.epic import Segment
from egograph.data.visor import AnnotatedFrame

NO_ACTION = -1
NOTHING = -1
UNKNOWN = -2


@dataclass(frozen=True)
class VideoTruth:
    """The truth of one video with `L` frames on the fixed clock, and room for `A` boxes a frame.

    Attributes:
        annotated: bool `[L]`, whether boxes are known.
        box: float32 `[L, A, 4]`, xyxy in 0..1.
        kind: int64 `[L, A]`, -1 where there is no box.
        noun: int64 `[L, A]`, index in the vocabulary, -1 for hands and for nouns outside it.
        touches: int64 `[L, 2]`, for the left and the right hand the touched row, `NOTHING`, or `UNKNOWN`.
        segment: int64 `[L]`, the index of the action segment that holds the frame, `NO_ACTION` if none.
        verb: int64 `[segments]`, index in the vocabulary.
        segment_noun: int64 `[segments]`.
    """

    annotated: NDArray[np.bool_]
    box: NDArray[np.float32]
    kind: NDArray[np.int64]
    noun: NDArray[np.int64]
    touches: NDArray[np.int64]
    segment: NDArray[np.int64]
    verb: NDArray[np.int64]
    segment_noun: NDArray[np.int64]


def video_truth(
    length: int,
    fps: float,
    segments: Sequence[Segment],
    frames: Sequence[AnnotatedFrame],
    vocabulary: Vocabulary,
    room: int = 24,
) -> VideoTruth:
    """Lay segments and annotated frames out on the clock; an annotation belongs to the tick within half a step."""
    verbs = _index_of_epic(vocabulary.verbs, EPIC_VERB_IDS)
    nouns = _index_of_epic(vocabulary.nouns, EPIC_NOUN_IDS)
    annotated = np.zeros(length, dtype=bool)
    box = np.zeros((length, room, 4), dtype=np.float32)
    kind = np.full((length, room), -1)
    noun = np.full((length, room), -1)
    touches = np.full((length, 2), UNKNOWN)
    for frame in frames:
        tick = round(frame.time * fps)
        if tick >= length or abs(frame.time - tick / fps) > 0.5 / fps:
            continue
        rows = min(len(frame.kind), room)
        annotated[tick] = True
        box[tick, :rows] = frame.box[:rows]
        kind[tick, :rows] = frame.kind[:rows]
        noun[tick, :rows] = [nouns.get(int(epic), -1) for epic in frame.noun[:rows]]
        for side in (0, 1):
            hands = np.flatnonzero(frame.kind[:rows] == side)
            if len(hands) and frame.contact_known[hands[0]]:
                touched = int(frame.contact[hands[0]])
                touches[tick, side] = touched if touched < rows else UNKNOWN
    segment = np.full(length, NO_ACTION)
    times = np.arange(length) / fps
    for index, part in enumerate(segments):
        segment[(times >= part.start) & (times < part.stop)] = index
    return VideoTruth(
        annotated, box, kind, noun, touches, segment,
        np.array([verbs.get(part.verb, NO_ACTION) for part in segments], dtype=np.int64),
        np.array([nouns.get(part.noun, NO_ACTION) for part in segments], dtype=np.int64),
    )  # fmt: skip


def _index_of_epic(names: Sequence[str], epic: Mapping[str, int]) -> dict[int, int]:
    """The vocabulary's class index of each EPIC class id."""
    return {epic[name]: index for index, name in enumerate(names) if name in epic}


@dataclass(frozen=True)
class ClipTruth:
    """The action of one clip.

    Attributes:
        verb: index in the vocabulary; `NO_ACTION` where no action has more than half of the clip's frames.
        noun: index in the vocabulary, or `NO_ACTION`.
        acting: 1 inside an action, 0 where no frame is in any, -1 in between.
        whole: all of the clip is in that action.
    """

    verb: int
    noun: int
    acting: int
    whole: bool = False


def clip_truth(truth: VideoTruth, start: int, stop: int) -> ClipTruth:
    """The truth of frames `start` to `stop` (exclusive): a clip is inside an action if more than half of it is."""
    inside = truth.segment[start:stop]
    labels, counts = np.unique(inside[inside >= 0], return_counts=True)
    if not len(labels):
        return ClipTruth(NO_ACTION, NO_ACTION, acting=0)
    best = int(counts.argmax())
    if 2 * counts[best] <= len(inside):
        return ClipTruth(NO_ACTION, NO_ACTION, acting=-1)
    segment = int(labels[best])
    return ClipTruth(int(truth.verb[segment]), int(truth.segment_noun[segment]), 1, bool((inside == segment).all()))

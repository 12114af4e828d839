"""Hand-made features of segments, for trees: of each noun that is seen, and of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.segment_table import SegmentTable
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND

Array = NDArray[np.float64]
_VERBS_OF_A_NOUN = 6  # commonest verbs whose share among a noun's labels describes the noun
_VERBS_OF_THE_BEST = 20


@dataclass(frozen=True)
class Frame:
    """The nodes of one annotated frame: kind and noun `[N]`, box `[N, 4]`, contact `[N, 3]`, and its time."""

    within: bool
    time: float
    kind: NDArray[np.int64]
    noun: NDArray[np.int64]
    box: Array
    contact: Array


@dataclass(frozen=True)
class SegmentView:
    """One segment: its frames, its length in seconds, and the gap before it."""

    frames: tuple[Frame, ...]
    duration: float
    gap: float

    @property
    def inside(self) -> list[Frame]:
        """The frames of the segment itself."""
        return [frame for frame in self.frames if frame.within]

    @property
    def before(self) -> list[Frame]:
        """The frames of its past."""
        return [frame for frame in self.frames if not frame.within]

    @property
    def nouns(self) -> list[int]:
        """The nouns that are seen in any of them."""
        return sorted({int(noun) for frame in self.frames for noun in frame.noun if noun >= 0})


def views(table: SegmentTable) -> list[SegmentView]:
    """The segments of a table."""
    found = []
    for place in range(len(table)):
        frames = []
        for index in range(table.time.shape[1]):
            if table.time[place, index].isnan():
                continue
            rows = (table.frame[place] == index) & table.present[place]
            frames.append(
                Frame(
                    bool(table.within[place, index]),
                    float(table.time[place, index]),
                    table.kind[place, rows].numpy(),
                    table.noun[place, rows].numpy(),
                    table.box[place, rows].double().numpy(),
                    table.contact[place, rows].double().numpy(),
                )
            )
        found.append(SegmentView(tuple(frames), float(table.duration[place]), float(table.gap[place])))
    return found


@dataclass(frozen=True)
class LabelCounts:
    """How often each verb goes with each noun in the training labels: `[V, C]`."""

    pairs: Array

    @property
    def common(self) -> NDArray[np.int64]:
        """The commonest verbs, most first."""
        return np.argsort(-self.pairs.sum(1), kind="stable")[:_VERBS_OF_THE_BEST]

    @property
    def verbs_of(self) -> Array:
        """The share of each verb among a noun's labels, a little like that among all: `[V, C]`."""
        total = self.pairs.sum()
        return (self.pairs + 0.5 * self.pairs.sum(1, keepdims=True) / total) / (self.pairs.sum(0) + 0.5)

    @property
    def frequency(self) -> Array:
        """The logarithm of how often each noun is labelled: `[C]`."""
        return np.log(self.pairs.sum(0) + 1)


@dataclass(frozen=True)
class _Seen:
    """One noun over some frames: contact with each hand (-1 where it is not seen), area, centre, presence."""

    contact: Array
    area: Array
    centre: Array
    there: NDArray[np.bool_]

    @classmethod
    def of(cls, frames: Sequence[Frame], noun: int) -> "_Seen":
        contact, area, centre = (
            np.full((len(frames), 2), -1.0),
            np.full(len(frames), np.nan),
            np.full((len(frames), 2), np.nan),
        )
        there = np.zeros(len(frames), dtype=bool)
        for place, frame in enumerate(frames):
            rows = np.flatnonzero(frame.noun == noun)
            if len(rows):
                box = frame.box[rows[0]]
                contact[place], there[place] = frame.contact[rows, :2].max(0), True
                area[place], centre[place] = np.prod(box[2:] - box[:2]), (box[:2] + box[2:]) / 2
        return cls(contact, area, centre, there)


def noun_features(view: SegmentView, noun: int, labels: LabelCounts) -> list[float]:
    """What is seen of one noun."""
    inside, before = view.inside, view.before
    now, past = _Seen.of(inside, noun), _Seen.of(before, noun)
    shown = np.flatnonzero(now.there)
    moved = np.abs(now.centre[shown[-1]] - now.centre[shown[0]]).sum() if len(shown) > 1 else np.nan
    return [
        now.there.sum(), past.there.sum(), *now.contact[0], *now.contact[-1], now.contact.max(),
        *(past.contact[-1] if before else (-2.0, -2.0)), (past.contact.max(1) > 0).sum() if before else 0,
        now.area[0], now.area[-1], moved, now.there[0], now.there[-1],
        *(float(past.there[-back]) if len(before) >= back else -1.0 for back in (1, 2)),
        _nearest_hand(inside, noun), np.log(max(view.duration, 0.05)), len(inside), len(view.nouns),
        labels.frequency[noun], sum(_anything_held(frame) for frame in inside),
        *(now.centre[shown[-1]] if len(shown) else (np.nan, np.nan)),
        *labels.verbs_of[labels.common[:_VERBS_OF_A_NOUN], noun],
    ]  # fmt: skip


def _nearest_hand(frames: Sequence[Frame], noun: int) -> float:
    gaps = [
        np.abs(_centre(thing) - _centre(hand)).sum()
        for frame in frames
        for thing in frame.box[frame.noun == noun][:1]
        for hand in frame.box[(frame.kind == LEFT_HAND) | (frame.kind == RIGHT_HAND)]
    ]
    return float(min(gaps)) if gaps else np.nan


def _centre(box: Array) -> Array:
    centre: Array = (box[:2] + box[2:]) / 2
    return centre


def _anything_held(frame: Frame) -> bool:
    held: bool = (frame.contact[frame.kind == OBJECT, :2] > 0).any()
    return held


def segment_features(
    view: SegmentView, likely: Array, features: Sequence[Sequence[float]], labels: LabelCounts
) -> list[float]:
    """What is seen of the whole: hands and their contacts over time, and the nouns by how likely each is the action's.

    Args:
        view: the segment.
        likely: of each of its nouns, a score above 0.
        features: of each, `noun_features`.
        labels: of training.
    """
    inside, before = view.inside, view.before
    duration = max(view.duration, 0.05)
    row = [np.log(duration), len(inside), len(before), view.gap, inside[0].time / duration, inside[-1].time / duration]
    for frame in (inside[0], inside[-1], before[-1] if before else None):
        row += _hands(frame)
    width = len(noun_features(view, 0, labels))
    if not view.nouns:
        return [*row, *[np.nan] * (width + 2 * _VERBS_OF_THE_BEST + 1)]
    best = int(np.argmax(likely))
    verbs = labels.verbs_of[labels.common]
    expected = verbs[:, view.nouns] @ (likely / likely.sum())
    return [*row, *features[best], *verbs[:, view.nouns[best]], *expected, view.nouns[best]]


def _hands(frame: Frame | None) -> list[float]:
    if frame is None:
        return [np.nan] * 14
    row: list[float] = []
    for side in (LEFT_HAND, RIGHT_HAND):
        where = np.flatnonzero(frame.kind == side)
        if len(where):
            box, contact = frame.box[where[0]], frame.contact[where[0]]
            row += [*_centre(box), *(box[2:] - box[:2]), contact[side], contact[2]]
        else:
            row += [np.nan] * 6
    return [*row, float((frame.kind == OBJECT).sum()), float((frame.noun >= 0).sum())]

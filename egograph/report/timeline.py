"""A stream's labels laid along its time: clips, runs of one action, confidence and age."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from egograph.label import ActionLabel
from egograph.report.palette import verb_hue

_TICKS = 12
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_CLIP_PIXELS = (4.0, 30.0)  # the least width of a clip, in a long stream and in a short one
_LONG = 4800  # pixels: how wide a stream grows before its clips become narrower
_TICK_PIXELS = 90
_MARK_PIXELS = 22
_PHONE_PIXELS = 320


@dataclass(frozen=True)
class Span:
    """A stretch of the timeline: `left` and `width` in per cent of the stream, and a verb's hue, or None if unsure."""

    left: float
    width: float
    hue: int | None
    text: str


@dataclass(frozen=True)
class Timeline:
    """A stream's timeline.

    Attributes:
        clips: one span a clip; the text says all of it.
        runs: one span for each run of the same action; the text is the action.
        ticks: spans without width; the text is the time.
        verbs: the verbs that were asserted, by their first clip, with their hues.
        confidence: an SVG path in a box of 100 by 100, one step a clip.
        age: the same for the labels' age, against the oldest.
        pixels: the least width at which the clips can be told apart.
    """

    clips: tuple[Span, ...]
    runs: tuple[Span, ...]
    ticks: tuple[Span, ...]
    verbs: tuple[tuple[str, int], ...]
    confidence: str
    age: str
    pixels: int


def timeline(labels: Sequence[ActionLabel]) -> Timeline:
    """Lay out the labels of one stream, at least one, in order of their clips."""
    stop = labels[-1].stop
    verbs: dict[str, int] = {}
    for label in labels:
        if not label.abstain:
            verbs.setdefault(label.verb, verb_hue(len(verbs)))

    def span(first: ActionLabel, last: ActionLabel, text: str) -> Span:
        hue = None if first.abstain else verbs[first.verb]
        return Span(100 * first.start / stop, 100 * (last.stop - first.start) / stop, hue, text)

    runs = [list(run) for _, run in groupby(labels, key=_asserted)]
    pixels = round(len(labels) * min(max(_LONG / len(labels), _CLIP_PIXELS[0]), _CLIP_PIXELS[1]))
    oldest = max(label.age_ms for label in labels) or 1
    return Timeline(
        clips=tuple(span(label, label, describe(label)) for label in labels),
        runs=tuple(span(run[0], run[-1], _asserted(run[0]) or "unsure") for run in runs),
        ticks=_ticks(stop, pixels),
        verbs=tuple(verbs.items()),
        confidence=_steps(labels, [label.confidence for label in labels]),
        age=_steps(labels, [label.age_ms / oldest for label in labels]),
        pixels=pixels,
    )


def marks(places: Sequence[float], pixels: int) -> list[float]:
    """Rising places in 0..1 on a line of so many pixels, moved only as far as no mark covers another."""
    least = min(_MARK_PIXELS / max(pixels, _PHONE_PIXELS), 1 / max(1, len(places)))
    apart: list[float] = []
    for place in places:
        apart.append(max(place, apart[-1] + least) if apart else place)
    end = 1.0
    for index in reversed(range(len(apart))):  # what was pushed over the end moves back
        apart[index] = min(apart[index], end)
        end = apart[index] - least
    return apart


def describe(label: ActionLabel) -> str:
    """One clip in words; of a clip that abstains, that it is unsure and no action."""
    what = "unsure, the model abstains" if label.abstain else label.action
    return f"clip {label.clip}, {clock(label.start)} to {clock(label.stop)}: {what}, confidence {label.confidence:.2f}"


def clock(seconds: float) -> str:
    """A time as minutes and seconds, or hours, minutes and seconds."""
    tenths = round(10 * seconds)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    second = f"{tenths / 10:04.1f}".removesuffix(".0")
    return f"{hours}:{minutes:02d}:{second}" if hours else f"{minutes}:{second}"


def _asserted(label: ActionLabel) -> str | None:
    return None if label.abstain else label.action


def _ticks(stop: float, pixels: int) -> tuple[Span, ...]:
    most = max(_TICKS, pixels / _TICK_PIXELS)
    step = next((step for step in _STEPS if stop / step <= most), _STEPS[-1])
    return tuple(Span(100 * at / stop, 0.0, None, clock(at)) for at in range(0, int(stop) + 1, step))


def _steps(labels: Sequence[ActionLabel], values: Sequence[float]) -> str:
    stop = labels[-1].stop
    path = []
    for label, value in zip(labels, values, strict=True):
        height = 100 - 100 * min(max(value, 0.0), 1.0)
        start, end = 100 * label.start / stop, 100 * label.stop / stop
        path.append(f"{start:.3f} {height:.1f}L{end:.3f} {height:.1f}")
    return "M" + "L".join(path)

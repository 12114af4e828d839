"""The bar below a frame: the clip's action and how sure it is, or that the model is unsure."""

import numpy as np
from numpy.typing import NDArray

from egograph.label import ActionLabel
from egograph.report.canvas import Canvas, text_width
from egograph.report.palette import DIM, INK, PAPER, RELATION_COLOURS

_HEIGHT = 92
_TRACK = (46, 52, 64)


def headline(label: ActionLabel) -> tuple[str, str]:
    """Verb and noun of a label that asserts; 'unsure' and nothing of one that abstains."""
    return ("unsure", "") if label.abstain else (label.verb, label.noun)


def with_label_bar(picture: NDArray[np.uint8], label: ActionLabel) -> NDArray[np.uint8]:
    """Put the bar under a picture `[H, W, 3]`; the sum of the heights is even."""
    unit = max(0.7, picture.shape[1] / 960)
    height = 2 * round((_HEIGHT * unit + picture.shape[0] % 2) / 2) - picture.shape[0] % 2
    bar = np.broadcast_to(np.array(INK, np.uint8), (height, picture.shape[1], 3))
    canvas = Canvas(np.concatenate([picture, bar]))
    top, right = picture.shape[0], canvas.width - 24 * unit
    meter = right - 0.24 * canvas.width
    _draw_words(canvas, label, 24 * unit, top, meter - 48 * unit, unit)
    _draw_meter(canvas, label, meter, right, top, unit)
    return canvas.pixels()


def _draw_words(canvas: Canvas, label: ActionLabel, left: float, top: float, room: float, unit: float) -> None:
    verb, noun = headline(label)
    size = 34 * unit
    size *= min(1.0, room / (text_width(f"{verb} {noun}", size, bold=True) + 12 * unit))
    place = (left, top + 46 * unit)
    canvas.text(place, verb, size, DIM if label.abstain else PAPER, bold=True)
    after = left + text_width(verb, size, bold=True) + 10 * unit
    canvas.text((after, place[1]), noun, size, PAPER)
    when = f"clip {label.clip}  ·  {label.start:.1f} to {label.stop:.1f} s"
    how = "the model abstains" if label.abstain else f"verb {label.verb_p:.2f}  ·  noun {label.noun_p:.2f}"
    canvas.text((left, top + 74 * unit), f"{when}  ·  {how}", 16 * unit, DIM)


def _draw_meter(canvas: Canvas, label: ActionLabel, left: float, right: float, top: float, unit: float) -> None:
    colour = DIM if label.abstain else RELATION_COLOURS["contact"]
    canvas.text((left, top + 42 * unit), "confidence", 16 * unit, DIM)
    canvas.text((right, top + 42 * unit), f"{label.confidence:.2f}", 20 * unit, colour, bold=True, right=True)
    line = (left, top + 56 * unit, right, top + 66 * unit)
    canvas.fill(line, _TRACK, radius=5 * unit)
    share = min(max(label.confidence, 0.0), 1.0)
    if share > 0.01:
        canvas.fill((left, line[1], left + share * (right - left), line[3]), colour, radius=5 * unit)

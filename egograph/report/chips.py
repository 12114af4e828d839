"""The names on the boxes, placed so that they do not cover each other."""

from collections.abc import Sequence

from egograph.report.canvas import Box, Canvas, text_width
from egograph.report.frame_graph import FrameNode
from egograph.report.palette import DIM, INK, KIND_COLOURS, PAPER

_FONT = 17.0


def draw_chips(canvas: Canvas, named: Sequence[tuple[FrameNode, Box, float]], unit: float) -> None:
    """Draw name and score of each node at its box (pixels), with the node's opacity; surer nodes choose first."""
    taken: list[Box] = []
    size, pad = _FONT * unit, 7 * unit
    for node, box, strength in sorted(named, key=lambda item: -item[0].score):
        score = f"{node.score:.2f}"
        name_width = text_width(node.name, size, bold=True)
        width = name_width + text_width(score, 0.85 * size) + 3.6 * pad
        chip = _place(canvas, box, width, 1.5 * size, taken)
        taken.append(chip)
        canvas.fill(chip, INK, radius=5 * unit, opacity=0.35 + 0.45 * strength)
        strip = (chip[0], chip[1], chip[0] + 0.6 * pad, chip[3])
        canvas.fill(strip, KIND_COLOURS[node.kind], radius=2 * unit, opacity=strength)
        baseline = chip[1] + 1.09 * size
        ink = 0.45 + 0.55 * strength
        canvas.text((chip[0] + 1.5 * pad, baseline), node.name, size, PAPER, opacity=ink, bold=True)
        right = (chip[2] - 0.9 * pad, baseline)
        canvas.text(right, score, 0.85 * size, DIM, opacity=ink, right=True)


def _place(canvas: Canvas, box: Box, width: float, height: float, taken: Sequence[Box]) -> Box:
    """The first place at the box that is free; if none is, the one that covers least."""
    left, top, right, bottom = box
    corners = [
        (left, top - height), (right - width, top - height), (left, top), (left, bottom), (right - width, bottom),
        (left, bottom - height), (right - width, top), (right - width, bottom - height), (right, top),
        (left - width, top), (right, bottom - height), (left - width, bottom - height),
    ]  # fmt: skip
    inside = [(min(max(x, 0.0), canvas.width - width), min(max(y, 0.0), canvas.height - height)) for x, y in corners]
    chips = [(x, y, x + width, y + height) for x, y in inside]
    return min(chips, key=lambda chip: sum(_shared(chip, other) for other in taken))


def _shared(first: Box, second: Box) -> float:
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    return max(width, 0.0) * max(height, 0.0)

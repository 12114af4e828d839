"""Where the nodes of a drawn graph go: as they lie in the frame, but without covering each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from egograph.report.frame_graph import FrameNode

_ROUNDS = 400
_HOMESICK = 0.04
_LETTER = 7.9  # pixels of a letter of the drawing's 14 pixel font, on the wide side
_GAP = (52.0, 40.0)  # pixels between nodes, so that the edges between them can be seen
_MARGIN = 14.0


@dataclass(frozen=True)
class PlacedNode:
    """A node's box in the drawing, by its centre, in pixels."""

    x: float
    y: float
    width: float
    height: float


def place_nodes(nodes: Sequence[FrameNode], width: float, height: float) -> list[PlacedNode]:
    """Place nodes in a drawing of `width` by `height` pixels.

    They start where they are in the frame, with the frame's used part spread over the drawing, and are pushed apart
    until none touch.
    """
    sizes = [(len(node.name) * _LETTER + 28, 30.0) for node in nodes]
    home = [
        *zip(
            _spread([node.centre[0] for node in nodes], width),
            _spread([node.centre[1] for node in nodes], height),
            strict=True,
        )
    ]
    spot = [list(place) for place in home]
    for turn in range(_ROUNDS):
        pull = _HOMESICK * (1 - turn / _ROUNDS)
        for place, (x, y), size in zip(spot, home, sizes, strict=True):
            place[0] = _within(place[0] + pull * (x - place[0]), size[0], width)
            place[1] = _within(place[1] + pull * (y - place[1]), size[1], height)
        for first in range(len(nodes)):
            for second in range(first):
                _push_apart(spot[first], spot[second], sizes[first], sizes[second])
    return [
        PlacedNode(_within(x, size[0], width), _within(y, size[1], height), *size)
        for (x, y), size in zip(spot, sizes, strict=True)
    ]


def _spread(places: Sequence[float], room: float) -> list[float]:
    """Stretch places in 0..1 over `room`, keeping their order; a single place keeps where it is."""
    low, high = min(places, default=0.0), max(places, default=1.0)
    if high - low < 0.05:
        return [place * room for place in places]
    return [room * (0.1 + 0.8 * (place - low) / (high - low)) for place in places]


def _within(value: float, size: float, room: float) -> float:
    low, high = _MARGIN + size / 2, room - _MARGIN - size / 2
    return room / 2 if low > high else min(max(value, low), high)


def _push_apart(first: list[float], second: list[float], size: Sequence[float], other: Sequence[float]) -> None:
    """Move two nodes apart along the axis on which less is missing, each by a quarter of it."""
    missing = [(size[axis] + other[axis]) / 2 + _GAP[axis] - abs(first[axis] - second[axis]) for axis in (0, 1)]
    if min(missing) <= 0:
        return
    axis = 0 if missing[0] < missing[1] else 1
    step = missing[axis] / 4 * (1 if first[axis] >= second[axis] else -1)
    first[axis] += step
    second[axis] -= step

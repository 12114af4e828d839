"""A frame's graph as a node-link drawing: what the page's SVG is made of."""

import math
from dataclasses import dataclass

from egograph.nodes.nodes import KINDS, UNTRACKED
from egograph.report.frame_graph import FrameEdge, FrameGraph, FrameNode, Point
from egograph.report.layout import PlacedNode, place_nodes

_WIDTH = 470.0
_ASPECT = (0.62, 0.9)
_BEND = 34.0  # pixels between two relations of the same pair
_MOST_LOOSE = 8
_WEIGHT = (15.0, 9.0)  # half the width and height of a written confidence, in pixels
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73)  # where along an edge its confidence may be written

_Area = tuple[float, float, float, float]


@dataclass(frozen=True)
class DrawnNode:
    """A node of the drawing: centre and size in pixels, what is written in it and what is said of it."""

    name: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    opacity: float
    about: str


@dataclass(frozen=True)
class DrawnEdge:
    """An edge of the drawing: an SVG path, and where its confidence is written."""

    relation: str
    path: str
    x: float
    y: float
    width: float
    opacity: float
    confidence: float
    about: str


@dataclass(frozen=True)
class Drawing:
    """A node-link drawing of `width` by `height` pixels."""

    width: float
    height: float
    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]


def draw(graph: FrameGraph, aspect: float) -> Drawing:
    """Lay out a frame's graph.

    All contacts are drawn, and the surest of the other relations.

    Args:
        graph: the frame's hands and objects.
        aspect: the frame's height by its width.
    """
    height = _WIDTH * min(max(aspect, _ASPECT[0]), _ASPECT[1])
    placed = place_nodes(graph.nodes, _WIDTH, height)
    contacts = [edge for edge in graph.edges if edge.relation == "contact"]
    loose = sorted((e for e in graph.edges if e.relation != "contact"), key=lambda e: -e.confidence)[:_MOST_LOOSE]
    drawn: list[DrawnEdge] = []
    taken = [(place.x, place.y, place.width / 2, place.height / 2) for place in placed]
    beside: dict[tuple[int, int], int] = {}
    for edge in (*contacts, *loose):
        pair = (edge.first, edge.second)
        drawn.append(_edge(graph, edge, placed, beside.get(pair, 0), taken))
        taken.append((drawn[-1].x, drawn[-1].y, *_WEIGHT))
        beside[pair] = beside.get(pair, 0) + 1
    nodes = [_node(node, place) for node, place in zip(graph.nodes, placed, strict=True)]
    return Drawing(_WIDTH, height, tuple(nodes), tuple(reversed(drawn)))


def _node(node: FrameNode, place: PlacedNode) -> DrawnNode:
    track = "" if node.track == UNTRACKED else f", track {node.track}"
    return DrawnNode(
        name=node.name,
        kind=KINDS[node.kind].replace(" ", "-"),
        x=place.x,
        y=place.y,
        width=place.width,
        height=place.height,
        opacity=0.45 + 0.55 * min(1.0, node.score / 0.6),
        about=f"{node.name}, score {node.score:.2f}{track}",
    )


def _edge(graph: FrameGraph, edge: FrameEdge, placed: list[PlacedNode], rank: int, taken: list[_Area]) -> DrawnEdge:
    """The edge as a curve that bends the further, to alternate sides, the more relations the pair has already."""
    start, stop = placed[edge.first], placed[edge.second]
    length = math.hypot(stop.x - start.x, stop.y - start.y) or 1.0
    bend = _BEND * ((rank + 1) // 2) * (1 if rank % 2 else -1)
    # A quadratic curve passes half way between its control point and the middle of its chord.
    control = (
        (start.x + stop.x) / 2 - 2 * bend * (stop.y - start.y) / length,
        (start.y + stop.y) / 2 + 2 * bend * (stop.x - start.x) / length,
    )
    way = [_on_curve((start.x, start.y), control, (stop.x, stop.y), share) for share in _ALONG]
    x, y = min(way, key=lambda place: sum(_covered(place, area) for area in taken))
    names = (graph.nodes[edge.first].name, graph.nodes[edge.second].name)
    return DrawnEdge(
        relation=edge.relation,
        path=f"M{start.x:.1f} {start.y:.1f}Q{control[0]:.1f} {control[1]:.1f} {stop.x:.1f} {stop.y:.1f}",
        x=x,
        y=y,
        width=4.0 if edge.relation == "contact" else 2.0,
        opacity=0.35 + 0.65 * edge.confidence,
        confidence=edge.confidence,
        about=f"{names[0]}, {edge.relation}, {names[1]}: {edge.confidence:.2f}",
    )


def _on_curve(start: Point, control: Point, stop: Point, share: float) -> Point:
    """The place on a quadratic curve, `share` of the way from its start."""
    before, between, after = (1 - share) ** 2, 2 * share * (1 - share), share**2
    return (
        before * start[0] + between * control[0] + after * stop[0],
        before * start[1] + between * control[1] + after * stop[1],
    )


def _covered(place: Point, area: _Area) -> float:
    """How much of a weight written at `place` covers the area, in square pixels."""
    x, y, half_width, half_height = area
    width = half_width + _WEIGHT[0] - abs(place[0] - x)
    height = half_height + _WEIGHT[1] - abs(place[1] - y)
    return max(width, 0.0) * max(height, 0.0)

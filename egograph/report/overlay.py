"""A frame with its graph drawn on it, and its clip's label below."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.graph.scene_graph import SceneGraph
from egograph.label import ActionLabel
from egograph.report.canvas import Box, Canvas, Place
from egograph.report.chips import draw_chips
from egograph.report.frame_graph import LEAST_SCORE, FrameEdge, FrameGraph, FrameNode, frame_graph
from egograph.report.label_bar import with_label_bar
from egograph.report.palette import INK, KIND_COLOURS, RELATION_COLOURS

_LONG_SIDE = (960, 1280)  # pixels: smaller pictures are enlarged, so that text is crisp; larger ones are reduced
_SURE_SCORE = 0.6
_FAINTEST = 0.3


def draw_clip_frame(
    frame: NDArray[np.uint8], graph: SceneGraph, frame_index: int, label: ActionLabel, nouns: Sequence[str]
) -> NDArray[np.uint8]:
    """Draw a frame's hands, objects and relations on it, and the clip's label in a bar below it.

    Args:
        frame: uint8 `[H, W, 3]`, RGB.
        graph: the graph of the frame's clip.
        frame_index: the frame's place in the clip.
        label: the clip's label; where it abstains the bar says 'unsure' and names no action.
        nouns: the vocabulary's nouns.

    Returns:
        uint8 `[H', W', 3]` with even sides; the long side of the picture is brought to 960 to 1280 pixels.
    """
    return with_label_bar(draw_graph(fit(frame), frame_graph(graph, nouns, frame_index)), label)


def fit(frame: NDArray[np.uint8], long_side: tuple[int, int] = _LONG_SIDE) -> NDArray[np.uint8]:
    """Resize a frame so that its long side lies within `long_side` and both sides are even."""
    height, width = frame.shape[:2]
    longest = max(height, width)
    scale = min(max(longest, long_side[0]), long_side[1]) / longest
    size = (2 * round(width * scale / 2), 2 * round(height * scale / 2))
    if size == (width, height):
        return frame
    resized = cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    return np.asarray(resized, dtype=np.uint8)


def draw_graph(picture: NDArray[np.uint8], graph: FrameGraph, scale: float = 1.0) -> NDArray[np.uint8]:
    """Draw trails, boxes, relations and names on a picture `[H, W, 3]`, lines and letters `scale` times as large.

    Trails and nearness are shown of hands and of what they touch; of the rest they would cover the picture.
    """
    canvas = Canvas(picture)
    unit = scale * max(canvas.width, canvas.height) / _LONG_SIDE[0]
    for place in graph.in_play:
        _draw_trail(canvas, graph.nodes[place], unit)
    for node in reversed(graph.nodes):
        _draw_box(canvas, node, unit)
    for edge in reversed(graph.edges):
        _draw_edge(canvas, graph, edge, unit)
    draw_chips(canvas, [(node, _pixel_box(canvas, node), _opacity(node)) for node in graph.nodes], unit)
    return canvas.pixels()


def _opacity(node: FrameNode) -> float:
    """How strongly a node is drawn: the surer, the stronger."""
    return min(1.0, _FAINTEST + (1 - _FAINTEST) * (node.score - LEAST_SCORE) / (_SURE_SCORE - LEAST_SCORE))


def _pixel_box(canvas: Canvas, node: FrameNode) -> Box:
    """The node's box in pixels, kept inside the picture."""
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in node.box)
    return (
        left * (canvas.width - 1),
        top * (canvas.height - 1),
        right * (canvas.width - 1),
        bottom * (canvas.height - 1),
    )


def _pixel(canvas: Canvas, place: Place) -> Place:
    return place[0] * (canvas.width - 1), place[1] * (canvas.height - 1)


def _draw_trail(canvas: Canvas, node: FrameNode, unit: float) -> None:
    way = [_pixel(canvas, place) for place in (*node.trail, node.centre)]
    for step, (start, stop) in enumerate(pairwise(way), start=1):
        fade = _opacity(node) * step / len(way)
        canvas.line(start, stop, KIND_COLOURS[node.kind], width=3 * unit, opacity=0.75 * fade)


def _draw_box(canvas: Canvas, node: FrameNode, unit: float) -> None:
    box, strength = _pixel_box(canvas, node), _opacity(node)
    width, radius = 2.5 * unit, 6 * unit
    canvas.outline(box, INK, width=width + 2 * unit, radius=radius, opacity=0.45 * strength)
    canvas.outline(box, KIND_COLOURS[node.kind], width=width, radius=radius, opacity=strength)


def _draw_edge(canvas: Canvas, graph: FrameGraph, edge: FrameEdge, unit: float) -> None:
    pair = (edge.first, edge.second)
    closest = next(other for other in graph.edges if (other.first, other.second) == pair)
    if closest is not edge:
        return  # the closest relation of two nodes stands for the looser ones
    if edge.relation == "proximity" and graph.in_play.isdisjoint(pair):
        return
    start, stop = (_pixel(canvas, graph.nodes[place].centre) for place in pair)
    colour = RELATION_COLOURS[edge.relation]
    if edge.relation == "contact":
        canvas.line(start, stop, INK, width=7 * unit, opacity=0.5 * edge.confidence)
        canvas.line(start, stop, colour, width=4 * unit, opacity=edge.confidence)
        for end in (start, stop):
            canvas.disc(end, 8 * unit, INK, opacity=0.5 * edge.confidence)
            canvas.disc(end, 6 * unit, colour, opacity=edge.confidence)
    else:
        dash = (1 * unit, 7 * unit) if edge.relation == "proximity" else None
        canvas.line(start, stop, colour, width=2 * unit, opacity=0.7 * edge.confidence, dash=dash)

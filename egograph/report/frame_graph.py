"""One frame of a scene graph in plain numbers: what a picture of it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from egograph.graph.scene_graph import RELATIONS, SceneGraph
from egograph.graph.triplets import node_names
from egograph.nodes.nodes import OBJECT, SCENE

SPATIAL = ("contact", "overlap", "proximity")
LEAST_SCORE = 0.15
LEAST_CONFIDENCE = 0.3

Point = tuple[float, float]


@dataclass(frozen=True)
class FrameNode:
    """A hand or an object of the frame.

    Attributes:
        name: what it is called.
        kind: an index into `KINDS`.
        box: xyxy, 0 to 1 of the frame.
        score: 0 to 1.
        track: the identity over time, or `UNTRACKED`.
        trail: the centres of its boxes in the clip's earlier frames, oldest first.
    """

    name: str
    kind: int
    box: tuple[float, float, float, float]
    score: float
    track: int
    trail: tuple[Point, ...]

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2


@dataclass(frozen=True)
class FrameEdge:
    """A spatial relation between two nodes, given by their places in `FrameGraph.nodes`; hands come first."""

    first: int
    second: int
    relation: str
    confidence: float


@dataclass(frozen=True)
class FrameGraph:
    """The hands and objects of one frame and their spatial relations, strongest relation first."""

    nodes: tuple[FrameNode, ...]
    edges: tuple[FrameEdge, ...]

    @cached_property
    def in_play(self) -> frozenset[int]:
        """The places of the hands and of what they touch."""
        hands = {place for place, node in enumerate(self.nodes) if node.kind != OBJECT}
        return frozenset(hands.union(*((e.first, e.second) for e in self.edges if e.relation == "contact")))

    @property
    def strongest_contact(self) -> float:
        """The highest confidence of a contact, 0 if there is none."""
        return max((edge.confidence for edge in self.edges if edge.relation == "contact"), default=0.0)


def frame_graph(graph: SceneGraph, nouns: Sequence[str], frame: int) -> FrameGraph:
    """Take one frame out of one clip's graph.

    Nodes below `LEAST_SCORE` count as absent; edges below `LEAST_CONFIDENCE` are left out. The scene node is left
    out too: every node belongs to it. A relation between two nodes is given once, with its higher confidence.

    Args:
        graph: the graph of one clip.
        nouns: the vocabulary's nouns.
        frame: index of the frame in the clip.
    """
    nodes = graph.nodes
    names = node_names(nodes, nouns)
    frames, kinds, tracks = nodes.frame.tolist(), nodes.kind.tolist(), nodes.track.tolist()
    scores, boxes = nodes.score.tolist(), nodes.box.tolist()
    there = [row for row, kind in enumerate(kinds) if kind != SCENE and scores[row] >= LEAST_SCORE]
    rows = sorted((row for row in there if frames[row] == frame), key=lambda row: (kinds[row], row))
    seen = []
    for row in rows:
        past = [r for r in there if tracks[r] == tracks[row] >= 0 and 0 <= frames[r] < frame]
        seen.append(
            FrameNode(
                name=names[row],
                kind=kinds[row],
                box=(boxes[row][0], boxes[row][1], boxes[row][2], boxes[row][3]),
                score=scores[row],
                track=tracks[row],
                trail=tuple(_centre(boxes[r]) for r in sorted(past, key=lambda r: frames[r])),
            )
        )
    return FrameGraph(tuple(seen), _edges(graph, {row: place for place, row in enumerate(rows)}))


def _edges(graph: SceneGraph, place: dict[int, int]) -> tuple[FrameEdge, ...]:
    best: dict[tuple[int, int, str], float] = {}
    sender, receiver = graph.edge_index.tolist()
    edges = zip(sender, receiver, graph.relation.tolist(), graph.confidence.tolist(), strict=True)
    for source, target, relation, confidence in edges:
        name = RELATIONS[relation]
        if name in SPATIAL and confidence >= LEAST_CONFIDENCE and source in place and target in place:
            first, second = sorted((place[source], place[target]))
            best[first, second, name] = max(confidence, best.get((first, second, name), 0.0))
    found = [FrameEdge(first, second, name, confidence) for (first, second, name), confidence in best.items()]
    return tuple(sorted(found, key=lambda e: (SPATIAL.index(e.relation), -e.confidence, e.first, e.second)))


def _centre(box: Sequence[float]) -> Point:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2

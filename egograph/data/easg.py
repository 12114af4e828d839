"""Ego4D action scene graphs (EASG, Rodin et al., arXiv 2312.03391): a verb, its objects, and how each takes part.

The JSON has an entry for each moment, with one annotation or more: edges `{"obj", "verb", "rel", "bbox"}`, whose boxes
`[x, y, width, height]` are shares of the frame, at three frames: before the change (`pre`), at it (`pnr`, the point of
no return) and after it (`post`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from egograph.data.classes import Vocabulary
from egograph.data.faults import Faults
from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.graph.scene_graph import ANNOTATED, RELATIONS, SceneGraph
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, UNTRACKED, VERB, Nodes

MOMENTS = ("pre", "pnr", "post")
_PNR = MOMENTS.index("pnr")
_HANDS = {"left_hand": (LEFT_HAND,), "right_hand": (RIGHT_HAND,), "both_hands": (LEFT_HAND, RIGHT_HAND)}
_UNREADABLE = "a key that is absent or can't be read"
_WHOLE = (0.0, 0.0, 1.0, 1.0)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class ActionGraph:
    """One annotated action.

    Attributes:
        moment: the entry's key, `{clip uid}_{frame}`.
        annotation: the annotation's key within it.
        frames: the clip's frame numbers of `MOMENTS`.
        graph: the verb is the first node; every box is a node, `frame` is its place in `MOMENTS` and `track` its
            object; an edge goes from the verb to each, and all confidences are 1.
    """

    moment: str
    annotation: str
    frames: tuple[int, int, int]
    graph: SceneGraph


@dataclass(frozen=True)
class Part:
    """What takes part in an action.

    Attributes:
        noun: class index.
        relation: how, an index into `RELATIONS`.
        boxes: its boxes (xyxy) at each of `MOMENTS`, several where it is several things.
    """

    noun: int
    relation: int
    boxes: tuple[tuple[Box, ...], ...]


def read_easg_classes(folder: Path) -> Vocabulary:
    """The verbs and objects of EASG's `verbs.txt` and `objects.txt`.

    Raises:
        EgographError: a file is absent.
    """
    return Vocabulary(*(_read_names(folder / name) for name in ("verbs.txt", "objects.txt")))


def read_easg(path: Path, classes: Vocabulary, faults: Faults | None = None) -> list[ActionGraph]:
    """The graphs of an `easg_*.json`, in the file's order. An edge that is given twice comes once.

    Args:
        path: the file.
        classes: what `read_easg_classes` gives.
        faults: counts edges that can't be read or have an unknown object, verb or relation, and annotations of several
            verbs or of none, and leaves them out. Strict unless given.

    Raises:
        EgographError: the file is absent or another; something has to be left out, and `faults` are strict.
    """
    faults = faults or Faults()
    graphs = []
    for moment, entry in read_object(path, "an EASG JSON").items():
        where = f"{path}, {moment}"
        try:
            frames = tuple(int(entry["clip_frame_number"][name]) for name in MOMENTS)
            annotations = list(entry["annotations"].items())
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            faults.drop(_UNREADABLE, where, detail=repr(fault))
            continue
        for name, rows in annotations:
            graph = _graph(rows, classes, faults, where)
            if graph is not None:
                graphs.append(ActionGraph(moment, name, (frames[0], frames[1], frames[2]), graph))
    return graphs


def write_easg(path: Path, graphs: Sequence[ActionGraph], classes: Vocabulary) -> None:
    """Write graphs as `read_easg` reads them, and their classes beside them as `read_easg_classes` does."""
    content: dict[str, Any] = {}
    for action in graphs:
        frames = dict(zip(MOMENTS, action.frames, strict=True))
        entry = content.setdefault(action.moment, {"annotations": {}, "clip_frame_number": frames})
        entry["annotations"][action.annotation] = _rows(action.graph, classes)
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")
    for name, words in (("verbs", classes.verbs), ("objects", classes.nouns), ("relationships", ANNOTATED)):
        (path.parent / f"{name}.txt").write_text("".join(f"{word}\n" for word in words), encoding="utf-8")


def _read_names(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        raise EgographError(f"{path}: no such file; give the folder of EASG's annotations")
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _graph(rows: Any, classes: Vocabulary, faults: Faults, where: str) -> SceneGraph | None:
    """The graph of an annotation; None where nothing is left of it."""
    verbs, edges = set(), []
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        at = f"{where}, edge {number}"
        try:
            noun, verb, relation, box = row["obj"], row["verb"], row["rel"], row["bbox"]
            boxes = tuple(tuple(_corners(part) for part in box.get(name, ())) for name in MOMENTS)
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            faults.drop(_UNREADABLE, at, detail=repr(fault))
            continue
        if unknown := _unknown(noun, verb, relation, classes):
            faults.drop(unknown, at)
            continue
        if not any(boxes):
            faults.drop("an edge without a box", at)
            continue
        verbs.add(verb)
        edges.append(Part(classes.noun_index(noun), RELATIONS.index(relation), boxes))
    if len(verbs) != 1:
        faults.drop("an annotation of several verbs" if verbs else "an annotation without edges", where)
        return None
    return verb_graph(classes.verb_index(verbs.pop()), list(dict.fromkeys(edges)), classes)


def _unknown(noun: Any, verb: Any, relation: Any, classes: Vocabulary) -> str:
    for what, name, names in (
        ("object", noun, classes.nouns), ("verb", verb, classes.verbs), ("relation", relation, ANNOTATED),
    ):  # fmt: skip
        if name not in names:
            return f"an unknown {what}"
    return ""


def _corners(box: Sequence[float]) -> Box:
    """A box `[x, y, width, height]` as xyxy, within the frame."""
    x, y, width, height = (float(part) for part in box)
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in (x, y, x + width, y + height))
    return left, top, right, bottom


def verb_graph(verb: int, edges: Sequence[Part], classes: Vocabulary) -> SceneGraph:
    """The graph of one action: the verb's node, then the boxes of each of its parts."""
    things = list(dict.fromkeys((edge.noun, edge.boxes) for edge in edges))
    kind, noun, frame, track, box = [VERB], [verb], [_PNR], [UNTRACKED], [_WHOLE]
    first: dict[tuple[int, Any], range] = {}
    for identity, (thing, boxes) in enumerate(things):
        begin = len(kind)
        for place, shown in enumerate(boxes):
            for side, one in zip(_kinds(classes.nouns[thing], len(shown)), sorted(shown), strict=True):
                kind.append(side)
                noun.append(thing)
                frame.append(place)
                track.append(identity)
                box.append(one)
        first[thing, boxes] = range(begin, len(kind))
    ends = [(row, edge.relation) for edge in edges for row in first[edge.noun, edge.boxes]]
    count = len(kind)
    nodes = Nodes(
        feature=torch.zeros(count, 0),
        box=torch.tensor(box),
        kind=torch.tensor(kind),
        frame=torch.tensor(frame),
        track=torch.tensor(track),
        score=torch.ones(count),
        noun=torch.tensor(noun),
        contact=torch.zeros(count, 2),
        ptr=torch.tensor([0, count]),
    )
    receiver = torch.tensor([row for row, _ in ends], dtype=torch.int64)
    relation = torch.tensor([relation for _, relation in ends], dtype=torch.int64)
    return SceneGraph(nodes, torch.stack([torch.zeros_like(receiver), receiver]), relation, torch.ones(len(ends)))


def _kinds(name: str, boxes: int) -> Sequence[int]:
    """What each of a thing's boxes, from left to right, shows."""
    hands = _HANDS.get(name, (OBJECT,))
    return hands if len(hands) == boxes else (hands if len(hands) == 1 else (OBJECT,)) * boxes


def _rows(graph: SceneGraph, classes: Vocabulary) -> list[Mapping[str, Any]]:
    """An annotation's edges: one for each object and relation, with its boxes at all moments."""
    nodes = graph.nodes
    rows: dict[tuple[int, int], dict[str, Any]] = {}
    for receiver, relation in zip(graph.edge_index[1].tolist(), graph.relation.tolist(), strict=True):
        row = rows.setdefault(
            (int(nodes.track[receiver]), relation),
            {
                "obj": classes.nouns[int(nodes.noun[receiver])],
                "bbox": {},
                "verb": classes.verbs[int(nodes.noun[0])],
                "rel": RELATIONS[relation],
            },
        )
        left, top, right, bottom = nodes.box[receiver].tolist()
        shown = row["bbox"].setdefault(MOMENTS[int(nodes.frame[receiver])], [])
        shown.append([left, top, right - left, bottom - top])
    return list(rows.values())

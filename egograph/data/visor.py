"""Hands, objects and their contacts in the VISOR JSON layout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from egograph.data import visor_layout
from egograph.data.faults import Faults
from egograph.data.json_file import read_object
from egograph.errors import EgographError
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND

HAND_CLASSES = {visor_layout.LEFT_HAND_CLASS: LEFT_HAND, visor_layout.RIGHT_HAND_CLASS: RIGHT_HAND}
GLOVE_CLASSES = {visor_layout.LEFT_GLOVE_CLASS: LEFT_HAND, visor_layout.RIGHT_GLOVE_CLASS: RIGHT_HAND}
NOT_IN_CONTACT = (visor_layout.HAND_FREE, visor_layout.GLOVE_FREE)

_WORN = -2

FrameMapping = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class AnnotatedFrame:
    """What is annotated on one frame, `N` rows.

    Attributes:
        video: the video's name.
        time: seconds from the video's first frame.
        box: float32 `[N, 4]`, xyxy in 0..1, clipped to the frame.
        kind: int64 `[N]`, LEFT_HAND, RIGHT_HAND or OBJECT.
        noun: int64 `[N]`, EPIC-100 noun class id, -1 for hands.
        contact: int64 `[N]`, for a hand the row that it touches, else -1.
        contact_known: bool `[N]`, true for a hand of which is said what row it touches, or that it touches nothing.
    """

    video: str
    time: float
    box: NDArray[np.float32]
    kind: NDArray[np.int64]
    noun: NDArray[np.int64]
    contact: NDArray[np.int64]
    contact_known: NDArray[np.bool_]


@dataclass
class _Row:
    """One annotation; a worn glove carries noun `_WORN` until it is joined with the hand in it."""

    id: str
    box: NDArray[np.float64]
    kind: int
    noun: int
    touched: str | None


def read_frame_mapping(path: Path) -> FrameMapping:
    """VISOR's `frame_mapping.json`: for each video, from VISOR's frame names to the original frame names.

    Raises:
        EgographError: the file is absent or no JSON object.
    """
    return read_object(Path(path), "VISOR's frame_mapping.json")


def read_visor(
    path: Path,
    frame_mapping: FrameMapping,
    fps: float,
    size: tuple[int, int] = visor_layout.SIZE,
    faults: Faults | None = None,
) -> list[AnnotatedFrame]:
    """The annotated frames of one VISOR JSON, by time.

    A worn glove and the hand in it are one row: the hand's, with the glove's contact.

    Args:
        path: the video's JSON.
        frame_mapping: what `read_frame_mapping` gives; the number in a VISOR frame name is not the original one.
        fps: the video's frame numbers a second; time = original frame number / fps.
        size: width and height in pixels to which the polygons refer.
        faults: counts frames that can't be read or that the mapping lacks, and leaves them out. Strict unless given.

    Raises:
        EgographError: the file is absent or no VISOR JSON; a frame has to be left out, and `faults` are strict.
    """
    path, faults = Path(path), faults or Faults()
    entries = read_object(path, "a VISOR sparse JSON").get("video_annotations")
    if not isinstance(entries, list):
        raise EgographError(f"{path}: no list 'video_annotations'; give a VISOR sparse JSON")
    frames = []
    for number, entry in enumerate(entries):
        where = f"{path}, video_annotations[{number}]"
        try:
            video, name = entry["image"]["video"], entry["image"]["name"]
            if name in frame_mapping.get(video, {}):
                frames.append(_frame(video, frame_mapping[video][name], entry["annotations"], fps, size))
            else:
                faults.drop("a frame that the mapping lacks", where, "give the mapping that came with it")
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as fault:
            faults.drop("a frame that can't be read", where, "give a VISOR sparse JSON", detail=repr(fault))
    return sorted(frames, key=lambda frame: frame.time)


def _frame(
    video: str, original: str, annotations: list[dict[str, Any]], fps: float, size: tuple[int, int]
) -> AnnotatedFrame:
    rows = _join_gloves([_row(annotation, size) for annotation in _with_outline(annotations)])
    place = {row.id: index for index, row in enumerate(rows)}
    kind = np.array([row.kind for row in rows], dtype=np.int64)
    touched = [row.touched for row in rows]
    return AnnotatedFrame(
        video=video,
        time=int(Path(original).stem.rsplit("_", 1)[1]) / fps,
        box=np.array([row.box for row in rows], dtype=np.float32).reshape(-1, 4),
        kind=kind,
        noun=np.array([row.noun for row in rows], dtype=np.int64),
        contact=np.array([place.get(other or "", -1) for other in touched], dtype=np.int64),
        contact_known=np.array([other in place or other in NOT_IN_CONTACT for other in touched], dtype=np.bool_),
    )


def _with_outline(annotations: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (annotation for annotation in annotations if any(annotation["segments"]))


def _row(annotation: dict[str, Any], size: tuple[int, int]) -> _Row:
    corners = np.concatenate([np.asarray(polygon, dtype=np.float64) for polygon in annotation["segments"] if polygon])
    box = np.clip(np.concatenate([corners.min(0), corners.max(0)]) / (*size, *size), 0.0, 1.0)
    class_id = annotation["class_id"]
    if class_id in HAND_CLASSES:
        return _Row(annotation["id"], box, HAND_CLASSES[class_id], -1, annotation.get("in_contact_object"))
    if class_id in GLOVE_CLASSES and annotation.get("on_which_hand"):
        return _Row(annotation["id"], box, GLOVE_CLASSES[class_id], _WORN, annotation.get("in_contact_object"))
    return _Row(annotation["id"], box, OBJECT, class_id, None)


def _join_gloves(rows: list[_Row]) -> list[_Row]:
    """Worn gloves become part of the hand of their side, or the hand itself where none is annotated."""
    joined = [row for row in rows if row.noun != _WORN]
    for glove in (row for row in rows if row.noun == _WORN):
        hand = next((row for row in joined if row.kind == glove.kind), None)
        if hand is None:
            joined.append(_Row(glove.id, glove.box, glove.kind, -1, glove.touched))
            continue
        hand.box = np.concatenate([np.minimum(hand.box[:2], glove.box[:2]), np.maximum(hand.box[2:], glove.box[2:])])
        hand.touched = glove.touched
    return joined

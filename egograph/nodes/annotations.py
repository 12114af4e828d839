"""The `annotations` node extractor: boxes, nouns and contacts as annotated, features from the patch tokens."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from egograph.data.classes import EPIC_NOUN_IDS, Vocabulary
from egograph.data.epic import read_video_info
from egograph.data.visor import AnnotatedFrame, read_frame_mapping, read_visor
from egograph.encoders.patches import Patches
from egograph.errors import EgographError
from egograph.nodes.layout import Found
from egograph.nodes.nodes import OBJECT, UNKNOWN_NOUN
from egograph.nodes.query import QueryNodes

_NEAR_SECONDS = 1 / 16


@dataclass(frozen=True)
class GivenBoxes:
    """The annotated boxes of `F` frames, `K` objects each.

    Attributes:
        box: `[F, K + 2, 4]`, xyxy in 0..1: left hand, right hand, objects.
        present: bool `[F, K + 2]`.
        noun: int64 `[F, K]`, class index in the vocabulary.
        touches: int64 `[F, 2]`, the object that each hand touches; `K` is nothing, -1 is not known.
    """

    box: Tensor
    present: Tensor
    noun: Tensor
    touches: Tensor

    @staticmethod
    def cat(parts: Sequence["GivenBoxes"]) -> "GivenBoxes":
        """Frames in a row."""
        return GivenBoxes(
            *(torch.cat([getattr(part, name) for part in parts]) for name in ("box", "present", "noun", "touches"))
        )


class VisorBoxes:
    """The annotations of a folder in the VISOR layout, by stream name and time.

    Args:
        folder: holds `<stream>.json`, `frame_mapping.json` and, here or one level up, `EPIC_100_video_info.csv`.
        vocabulary: gives nouns their index.
        objects: objects a frame, at most.

    Raises:
        EgographError: a file is absent or malformed.
    """

    def __init__(self, folder: Path, vocabulary: Vocabulary, objects: int) -> None:
        self.folder, self.objects = folder, objects
        self._nouns = {EPIC_NOUN_IDS[name]: i for i, name in enumerate(vocabulary.nouns) if name in EPIC_NOUN_IDS}
        self._mapping = read_frame_mapping(folder / "frame_mapping.json")
        info = folder / "EPIC_100_video_info.csv"
        self._info = read_video_info(info if info.exists() else folder.parent / info.name)
        self._frames: dict[str, list[AnnotatedFrame]] = {}

    def at(self, stream: str, times: NDArray[np.float64]) -> GivenBoxes:
        """The annotations of the frames shown at `times` (seconds), each within 1/16 s of its frame."""
        frames = self._of(stream)
        known = np.array([frame.time for frame in frames])
        rows = []
        for time in times:
            nearest = int(np.abs(known - time).argmin()) if len(known) else -1
            near = nearest >= 0 and abs(known[nearest] - time) <= _NEAR_SECONDS
            rows.append(self._given(frames[nearest] if near else None))
        return GivenBoxes.cat(rows)

    def _of(self, stream: str) -> list[AnnotatedFrame]:
        if stream not in self._frames:
            if stream not in self._info:
                raise EgographError(f"{self.folder}: no annotations of {stream}; name the video as they do")
            fps = self._info[stream].numbering_fps
            self._frames[stream] = read_visor(self.folder / f"{stream}.json", self._mapping, fps)
        return self._frames[stream]

    def _given(self, frame: AnnotatedFrame | None) -> GivenBoxes:
        box = torch.zeros(1, self.objects + 2, 4)
        present = torch.zeros(1, self.objects + 2, dtype=torch.bool)
        noun = torch.full((1, self.objects), UNKNOWN_NOUN)
        touches = torch.full((1, 2), -1)
        if frame is None:
            return GivenBoxes(box, present, noun, touches)
        things = np.flatnonzero(frame.kind == OBJECT)[: self.objects]
        place = {int(row): slot for slot, row in enumerate(things)}
        hands = [(side, int(row)) for side in (0, 1) for row in np.flatnonzero(frame.kind == side)[:1]]
        for slot, row in [*hands, *((2 + slot, row) for row, slot in place.items())]:
            box[0, slot], present[0, slot] = torch.from_numpy(frame.box[row]), True
        noun[0, : len(things)] = torch.tensor([self._nouns.get(int(frame.noun[row]), -1) for row in things])
        for side, row in hands:
            if frame.contact_known[row]:
                touches[0, side] = place.get(int(frame.contact[row]), -1) if frame.contact[row] >= 0 else self.objects
        return GivenBoxes(box, present, noun, touches)


def read_given(extractor: QueryNodes, patches: Patches, given: GivenBoxes) -> Found:
    """Read the patch tokens at annotated boxes; what the annotations say replaces what was read.

    Where they do not say what a hand touches, the reading does.
    """
    reading = extractor.read(patches.tokens, patches.summary, given.box)
    said = torch.nn.functional.one_hot(given.touches.clamp(min=0), given.noun.shape[1] + 1).float()
    return Found(
        feature=reading.feature,
        box=given.box,
        score=given.present.float(),
        noun=given.noun,
        contact=torch.where((given.touches >= 0)[..., None], said, reading.contact.softmax(dim=-1)),
    )

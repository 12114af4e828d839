"""A split of EPIC-KITCHENS-100 as VISOR shows it: the segments, their frames, and all of the split's labels."""

import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from egograph.data.classes import Vocabulary
from egograph.data.epic import UNLABELLED, Segment, read_segments, read_video_info
from egograph.data.faults import Faults
from egograph.data.visor_segments import SegmentFrames, read_epic_classes, read_visor_segments
from egograph.errors import EgographError

log = logging.getLogger("egograph")


@dataclass(frozen=True)
class VisorDataConfig:
    """Where the annotations are.

    Attributes:
        visor: VISOR's folder: annotations/{train,val}/*.json and frame_mapping.json.
        epic: the folder of EPIC-KITCHENS-100's CSVs.
        strict: fail at the first malformed row or frame, instead of counting them and leaving them out.
    """

    visor: Path
    epic: Path
    strict: bool = False


@dataclass(frozen=True)
class VisorSplit:
    """One split.

    Attributes:
        classes: all verbs and nouns.
        labels: all segments of the split.
        shown: those that have VISOR frames.
    """

    classes: Vocabulary
    labels: tuple[Segment, ...]
    shown: tuple[SegmentFrames, ...]

    @property
    def pairs(self) -> Tensor:
        """How often each verb goes with each noun in the labels, `[V, C]`."""
        count = torch.zeros(len(self.classes.verbs), len(self.classes.nouns))
        verb = torch.tensor([segment.verb for segment in self.labels])
        noun = torch.tensor([segment.noun for segment in self.labels])
        return count.index_put((verb, noun), torch.ones(len(verb)), accumulate=True)


def hold_out(split: VisorSplit, fold: int, folds: int = 4) -> tuple[VisorSplit, VisorSplit]:
    """A split without one fold of its participants, and that fold: folds that share participants flatter.

    Participants go to the folds by how many segments of theirs are shown, most first, each to the smallest fold yet.

    Raises:
        EgographError: there are too few participants.
    """
    count = Counter(entry.segment.participant for entry in split.shown)
    size, held = [0] * folds, set()
    for person, segments in sorted(count.items(), key=lambda item: (-item[1], item[0])):
        smallest = size.index(min(size))
        size[smallest] += segments
        if smallest == fold:
            held.add(person)
    if not held or len(held) == len(count):
        raise EgographError(f"fold {fold}: {len(count)} participants make no {folds} folds; give more of the data")
    everyone = {segment.participant for segment in split.labels}
    return _of(split, everyone - held), _of(split, held)


def _of(split: VisorSplit, people: Collection[str]) -> VisorSplit:
    """The segments of some of the participants."""
    return VisorSplit(
        split.classes,
        tuple(segment for segment in split.labels if segment.participant in people),
        tuple(entry for entry in split.shown if entry.segment.participant in people),
    )


def read_visor_split(config: VisorDataConfig, split: str, past: int) -> VisorSplit:
    """Read a split; what was left out is told in one line.

    Args:
        config: where it is.
        split: "train", "validation", or another that has an `EPIC_100_<split>.csv` with labels.
        past: how many frames before a segment are given with it, at most.

    Raises:
        EgographError: a file is absent or malformed, no segment has a frame, or `strict` finds a fault.
    """
    faults = Faults(strict=config.strict)
    classes = read_epic_classes(config.epic)
    path = config.epic / f"EPIC_100_{split}.csv"
    labels = []
    for segment in read_segments(path, faults, classes):
        if UNLABELLED in (segment.verb, segment.noun):
            faults.drop("no label", f"{path}, {segment.narration_id}", "give a split with labels")
        else:
            labels.append(segment)
    info = read_video_info(config.epic / "EPIC_100_video_info.csv")
    shown = read_visor_segments(config.visor, info, labels, past, faults)
    if said := faults.summary():
        log.log(logging.WARNING if faults.dropped else logging.INFO, "%s: %s", split, said)
    return VisorSplit(classes, tuple(labels), tuple(shown))

"""What EPIC-KITCHENS-100 predictions are scored against: the validation segments, the tail classes, unseen people."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from egograph.data.epic import Segment, read_segments
from egograph.errors import EgographError

VERBS, NOUNS = 97, 300
TASKS = ("verb", "noun", "action")


@dataclass(frozen=True)
class EpicTruth:
    """`N` segments with their labels.

    Attributes:
        segments: in the order of the file.
        label: int64 `[N]` for each of `TASKS`; an action is verb · 300 + noun.
        tail: bool `[N]` for each of `TASKS`; an action is in the tail if its verb or its noun is.
        unseen: bool `[N]`, of a participant without training videos.
    """

    segments: tuple[Segment, ...]
    label: dict[str, NDArray[np.int64]]
    tail: dict[str, NDArray[np.bool_]]
    unseen: NDArray[np.bool_]

    @property
    def ids(self) -> list[str]:
        """The narration ids."""
        return [segment.narration_id for segment in self.segments]

    def subsets(self, task: str, whole: str) -> dict[str, NDArray[np.bool_]]:
        """The rows of all, called `whole`, of `unseen` participants and of the task's `tail`; none is empty."""
        everything = np.ones(len(self.segments), dtype=bool)
        rows = {whole: everything, "unseen": self.unseen, "tail": self.tail[task]}
        return {name: of_subset for name, of_subset in rows.items() if of_subset.any()}

    @classmethod
    def read(cls, folder: Path) -> "EpicTruth":
        """Read `EPIC_100_{validation,tail_verbs,tail_nouns,unseen_participant_ids_validation}.csv`.

        Raises:
            EgographError: a file is absent or malformed.
        """
        path = folder / "EPIC_100_validation.csv"
        segments = read_segments(path)
        if not segments:
            raise EgographError(f"{path}: no segments; give the official file")
        wrong = [one for one in segments if not (0 <= one.verb < VERBS and 0 <= one.noun < NOUNS)]
        if wrong:
            more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            told = f"{wrong[0].narration_id}{more} of no verb below {VERBS} and noun below {NOUNS}"
            raise EgographError(f"{path}: {told}; give the official file, with labels")
        return cls.of(segments, folder)

    @classmethod
    def of(cls, segments: Sequence[Segment], folder: Path) -> "EpicTruth":
        """The truth of some of the segments, with the lists of `folder`; raises as `read`."""
        verb = np.array([segment.verb for segment in segments], dtype=np.int64)
        noun = np.array([segment.noun for segment in segments], dtype=np.int64)
        rare_verb = np.isin(verb, _ids(folder / "EPIC_100_tail_verbs.csv", "verb"))
        rare_noun = np.isin(noun, _ids(folder / "EPIC_100_tail_nouns.csv", "noun"))
        unseen = _column(folder / "EPIC_100_unseen_participant_ids_validation.csv", "participant_id")
        return cls(
            segments=tuple(segments),
            label={"verb": verb, "noun": noun, "action": action_id(verb, noun)},
            tail={"verb": rare_verb, "noun": rare_noun, "action": rare_verb | rare_noun},
            unseen=np.isin([segment.participant for segment in segments], unseen),
        )


def action_id(verb: NDArray[np.int64], noun: NDArray[np.int64]) -> NDArray[np.int64]:
    """Verb · 300 + noun."""
    return verb * NOUNS + noun


def _ids(path: Path, column: str) -> list[int]:
    try:
        return [int(value) for value in _column(path, column)]
    except ValueError as fault:
        raise EgographError(f"{path}: {fault}; give the official list of tail classes") from None


def _column(path: Path, name: str) -> list[str]:
    if not path.is_file():
        raise EgographError(f"{path}: no such file; give the folder of EPIC-KITCHENS-100's annotations")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if name not in (reader.fieldnames or ()):
            raise EgographError(f"{path}, line 1: no column {name!r}; give the official file")
        return [row[name] for row in reader]

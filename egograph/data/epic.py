"""Action segments in the EPIC-KITCHENS-100 CSV layout."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from egograph.data.classes import Vocabulary
from egograph.data.faults import Faults
from egograph.errors import EgographError

UNLABELLED = -1
COLUMNS = (
    "narration_id",
    "participant_id",
    "video_id",
    "narration_timestamp",
    "start_timestamp",
    "stop_timestamp",
    "start_frame",
    "stop_frame",
    "narration",
    "verb",
    "verb_class",
    "noun",
    "noun_class",
    "all_nouns",
    "all_noun_classes",
)
# What `EPIC_100_test_timestamps.csv` has, whose labels are not public.
_TIMES = ("narration_id", "participant_id", "video_id", "start_timestamp", "stop_timestamp")
_LABELS = ("narration", "verb_class", "noun_class")
# The first half of the data set, recordings 01 to 99, had its frames extracted, and numbered, at 60 a second, whatever
# the video's own rate (59.94 mostly, 29.97 to 90).
_NUMBERED_AT_60 = re.compile(r"P\d\d_\d\d")
_UNREADABLE = "a time or a class that can't be read"
VIDEO_COLUMNS = ("video_id", "duration", "fps", "resolution")


@dataclass(frozen=True)
class Segment:
    """One labelled action.

    Attributes:
        narration_id: the row's name, unique in the dataset.
        participant: who wears the camera.
        video: the video's name.
        start: seconds from the video's first frame.
        stop: seconds, after `start`.
        verb: EPIC-100 verb class id, `UNLABELLED` in the test set.
        noun: EPIC-100 noun class id.
        narration: the annotator's words, empty in the test set.
    """

    narration_id: str
    participant: str
    video: str
    start: float
    stop: float
    verb: int
    noun: int
    narration: str


@dataclass(frozen=True)
class VideoInfo:
    """One row of `EPIC_100_video_info.csv`: duration in seconds, frames a second, width and height in pixels."""

    video: str
    duration: float
    fps: float
    width: int
    height: int

    @property
    def numbering_fps(self) -> float:
        """Frame numbers a second, in the CSVs and in VISOR: time = number / this."""
        return 60.0 if _NUMBERED_AT_60.fullmatch(self.video) else self.fps


def read_segments(path: Path, faults: Faults | None = None, classes: Vocabulary | None = None) -> list[Segment]:
    """The action segments of an `EPIC_100_*.csv`, in the file's order; the test set's have no labels.

    Args:
        path: the file.
        faults: counts the rows that can't be read, stop before they start, have a class that `classes` lacks or the id
            of an earlier one, and leaves them out; counts those that overlap the one before. Strict unless given.
        classes: the official verbs and nouns.

    Raises:
        EgographError: the file is absent or lacks a column; a row (named by its line) has to be left out, and `faults`
            are strict.
    """
    faults = faults or Faults()
    segments: list[Segment] = []
    seen: set[str] = set()
    stop: dict[str, float] = {}
    for row, where in _rows(Path(path), _TIMES, faults, _LABELS):
        segment = _segment(row, where, faults)
        if segment is None:
            continue
        if wrong := _wrong(segment, seen, classes):
            faults.drop(wrong, where)
            continue
        if segment.start < stop.get(segment.video, 0.0):
            faults.note("overlaps an earlier segment", where)
        stop[segment.video] = max(segment.stop, stop.get(segment.video, 0.0))
        seen.add(segment.narration_id)
        segments.append(segment)
    return segments


def read_video_info(path: Path) -> dict[str, VideoInfo]:
    """The videos of an `EPIC_100_video_info.csv` by name.

    Raises:
        EgographError: the file is absent, or a row (named by its line) lacks a column or cannot be read.
    """
    rows = _rows(Path(path), VIDEO_COLUMNS, Faults())
    return {row["video_id"]: _video_info(row, where) for row, where in rows}


def format_timestamp(seconds: float) -> str:
    """Seconds as `HH:MM:SS.mmm`."""
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{milliseconds // 1000:02d}.{milliseconds % 1000:03d}"


def parse_timestamp(text: str) -> float:
    """`HH:MM:SS.fff`, with any number of decimals, as seconds.

    Raises:
        ValueError: the text is no such timestamp.
    """
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _rows(
    path: Path, columns: tuple[str, ...], faults: Faults, more: tuple[str, ...] = ()
) -> list[tuple[dict[str, str], str]]:
    """The rows, each with its place; the file has all `columns`, and all or none of those in `more`."""
    if not path.is_file():
        raise EgographError(f"{path}: no such file; give an EPIC-KITCHENS-100 CSV")
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            header = reader.fieldnames or ()
            lines = [(row, f"{path}, line {reader.line_num}") for row in reader]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise EgographError(f"{path}: no CSV ({fault}); give an EPIC-KITCHENS-100 CSV") from None
    needed = (*columns, *more) if set(more) & set(header) else columns
    absent = [column for column in needed if column not in header]
    if absent:
        raise EgographError(f"{path}, line 1: no column {absent[0]!r}; give an EPIC-KITCHENS-100 CSV")
    rows = []
    for row, where in lines:
        if None in row or None in row.values():
            faults.drop(f"not {len(header)} columns", where)
        else:
            rows.append((row, where))
    return rows


def _segment(row: dict[str, str], where: str, faults: Faults) -> Segment | None:
    """The segment of a row; None where it can't be read."""
    try:
        return Segment(
            row["narration_id"],
            row["participant_id"],
            row["video_id"],
            parse_timestamp(row["start_timestamp"]),
            parse_timestamp(row["stop_timestamp"]),
            int(row["verb_class"]) if "verb_class" in row else UNLABELLED,
            int(row["noun_class"]) if "noun_class" in row else UNLABELLED,
            row.get("narration", ""),
        )
    except ValueError as fault:
        faults.drop(_UNREADABLE, where, detail=fault)
        return None


def _wrong(segment: Segment, seen: set[str], classes: Vocabulary | None) -> str:
    """Why a segment has to be left out; empty if it need not."""
    if segment.stop <= segment.start:
        return "stops at or before its start"
    if segment.narration_id in seen:
        return "the narration id of an earlier row"
    return classes.fault(segment.verb, segment.noun) if classes else ""


def _video_info(row: dict[str, str], where: str) -> VideoInfo:
    try:
        width, height = (int(side) for side in row["resolution"].split("x"))
        return VideoInfo(row["video_id"], float(row["duration"]), float(row["fps"]), width, height)
    except ValueError as fault:
        raise EgographError(f"{where}: {fault}; mend or remove the row") from None

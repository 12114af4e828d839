"""EPIC-KITCHENS-100 segments with the VISOR frames that show them, and those that went before."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from egograph.data.classes import Vocabulary
from egograph.data.epic import Segment, VideoInfo
from egograph.data.faults import Faults
from egograph.data.visor import AnnotatedFrame, read_frame_mapping, read_visor
from egograph.errors import EgographError

# Below the folder that is given; the second is how the VISOR archive is unpacked.
_ANNOTATIONS = (
    "annotations/*/*.json", "GroundTruth-SparseAnnotations/annotations/*/*.json", "*/*.json", "*.json",
)  # fmt: skip
_MAPPING = "frame_mapping.json"


@dataclass(frozen=True)
class SegmentFrames:
    """A segment and its annotated frames, by time.

    Attributes:
        segment: the segment.
        past: those before its start.
        within: those from its start to its stop, one at least.
        gap: seconds from the stop of the video's segment before it to its start, below 0 where they overlap; infinite
            for the first. The bounds of earlier segments are given with the benchmark, as the segment's own are.
    """

    segment: Segment
    past: tuple[AnnotatedFrame, ...]
    within: tuple[AnnotatedFrame, ...]
    gap: float


def read_epic_classes(epic: Path) -> Vocabulary:
    """All verbs and nouns of EPIC-KITCHENS-100, numbered as in its CSVs.

    Raises:
        EgographError: a class list is absent or malformed.
    """
    return Vocabulary.from_csv(epic / "EPIC_100_verb_classes.csv", epic / "EPIC_100_noun_classes.csv")


def read_visor_segments(
    visor: Path, info: Mapping[str, VideoInfo], segments: Sequence[Segment], past: int, faults: Faults
) -> list[SegmentFrames]:
    """Those of the segments that have VISOR frames, video by video and by start.

    Args:
        visor: VISOR's folder: `annotations/{train,val}/*.json` and `frame_mapping.json`.
        info: of the videos, see `read_video_info`.
        segments: of a split.
        past: how many frames before a segment are given with it, at most.
        faults: counts frames that are left out, see `read_visor`, and videos that `info` lacks.

    Raises:
        EgographError: a file is absent or malformed, or no segment has a frame.
    """
    by_video: dict[str, list[Segment]] = defaultdict(list)
    for segment in segments:
        by_video[segment.video].append(segment)
    mapping = read_frame_mapping(_mapping(visor))
    found: list[SegmentFrames] = []
    for path in _annotations(visor):
        if path.stem not in by_video:
            continue
        if path.stem not in info:
            faults.drop("a video that EPIC_100_video_info.csv lacks", str(path), "complete the CSV")
            continue
        frames = read_visor(path, mapping, info[path.stem].numbering_fps, faults=faults)
        found += _aligned(by_video[path.stem], frames, past)
    if not found:
        raise EgographError(f"{visor}: no annotated frame of these segments; give VISOR's folder")
    return found


def _aligned(segments: Sequence[Segment], frames: Sequence[AnnotatedFrame], past: int) -> Iterator[SegmentFrames]:
    times = [frame.time for frame in frames]
    ordered = sorted(segments, key=lambda segment: (segment.start, segment.stop))
    stops = [-inf, *(segment.stop for segment in ordered)]
    for segment, stop in zip(ordered, stops, strict=False):
        first, last = bisect_left(times, segment.start), bisect_right(times, segment.stop)
        if first < last:
            earlier = tuple(frames[max(0, first - past) : first])
            gap = segment.start - min(stop, segment.stop)  # what is later than the segment's stop is not known yet
            yield SegmentFrames(segment, earlier, tuple(frames[first:last]), gap)


def _annotations(visor: Path) -> list[Path]:
    """The videos' JSONs, by name; a video that is there twice comes once."""
    for pattern in _ANNOTATIONS:
        paths = {path.stem: path for path in sorted(visor.glob(pattern)) if path.name != _MAPPING}
        if paths:
            return [paths[stem] for stem in sorted(paths)]
    raise EgographError(f"{visor}: no annotations/train/*.json or annotations/val/*.json; give VISOR's folder")


def _mapping(visor: Path) -> Path:
    inner = visor / "GroundTruth-SparseAnnotations" / _MAPPING
    return inner if inner.is_file() else visor / _MAPPING

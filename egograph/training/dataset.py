"""One split of a dataset in the EPIC and VISOR layouts: prepared frames and their truth."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from egograph.data.classes import Vocabulary
from egograph.data.epic import Segment, read_segments, read_video_info
from egograph.data.visor import read_frame_mapping, read_visor
from egograph.encoders.preprocess import Preprocess
from egograph.errors import EgographError
from egograph.training.frame_store import FrameStore, open_frame_store
from egograph.training.truth import VideoTruth, video_truth
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source


@dataclass(frozen=True)
class Split:
    """The videos of a split.

    Attributes:
        names: the videos' names.
        store: their frames, in the order of the names.
        truths: their truth, in the order of the names.
    """

    names: tuple[str, ...]
    store: FrameStore
    truths: tuple[VideoTruth, ...]

    def between(self, first: int, last: int) -> "Split":
        """The videos `first` to `last` (exclusive)."""
        offset = self.store.offset[first : last + 1]
        store = FrameStore(self.store.pixels[offset[0] : offset[-1]], offset - offset[0])
        return Split(self.names[first:last], store, self.truths[first:last])


def open_split(
    folder: Path,
    split: str,
    vocabulary: Vocabulary,
    sampler: ClipSampler,
    preprocess: Preprocess,
    progress: Callable[[int], None],
    boxes: bool = True,
) -> Split:
    """Open `folder/<split>`: `videos/*.mp4`, `EPIC_100_<split>.csv`, `EPIC_100_video_info.csv` and `visor/*.json`.

    Without `boxes`, no frame counts as annotated; the actions are all there.

    Raises:
        EgographError: a file is absent or malformed.
    """
    root = folder / split
    paths = sorted((root / "videos").glob("*.mp4"))
    if not paths:
        raise EgographError(f"{root}/videos: no .mp4 files; make the split first or give another data folder")
    info = read_video_info(root / "EPIC_100_video_info.csv")
    segments: dict[str, list[Segment]] = defaultdict(list)
    for segment in read_segments(root / f"EPIC_100_{split}.csv"):
        segments[segment.video].append(segment)
    mapping = read_frame_mapping(root / "visor" / "frame_mapping.json") if boxes else {}
    sources = [Source(str(path), path.stem, live=False) for path in paths]
    store = open_frame_store(root / "prepared", sources, sampler, preprocess, progress)
    truths = []
    for index, path in enumerate(paths):
        visor = root / "visor" / f"{path.stem}.json"
        frames = read_visor(visor, mapping, info[path.stem].numbering_fps) if boxes else []
        truths.append(video_truth(store.length(index), sampler.fps, segments[path.stem], frames, vocabulary))
    return Split(tuple(path.stem for path in paths), store, tuple(truths))

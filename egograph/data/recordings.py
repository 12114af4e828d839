"""Where a dataset's videos lie: EPIC-KITCHENS as files or as extracted frames, Ego4D as files."""

from pathlib import Path

from egograph.data.epic import VideoInfo
from egograph.video.source import Source

_EPIC_FILES = ("{person}/videos/{video}.MP4", "{person}/videos/{video}.mp4", "{video}.MP4", "{video}.mp4")
_EPIC_FRAMES = ("{person}/rgb_frames/{video}", "{person}/rgb_frames/{video}.tar", "{video}", "{video}.tar")
_EGO4D_FILES = ("v2/full_scale/{video}.mp4", "full_scale/{video}.mp4", "{video}.mp4")


def epic_recording(folder: Path, info: VideoInfo) -> Source | None:
    """A video of EPIC-KITCHENS as the official download lays it out, or directly in the folder; None if it is absent.

    A file goes before extracted frames (`frame_0000000001.jpg` and on, in a folder or a tar), whose rate is that of
    the dataset's frame numbers.
    """
    person = info.video.partition("_")[0]
    for layouts, rate in ((_EPIC_FILES, None), (_EPIC_FRAMES, info.numbering_fps)):
        path = _first(folder, layouts, person=person, video=info.video)
        if path is not None:
            return Source(str(path), info.video, live=False, picture_rate=rate)
    return None


def ego4d_recording(folder: Path, uid: str) -> Source | None:
    """A whole video of Ego4D as the official download lays it out, or directly in the folder; None if it is absent."""
    path = _first(folder, _EGO4D_FILES, video=uid)
    return None if path is None else Source(str(path), uid, live=False)


def _first(folder: Path, layouts: tuple[str, ...], **names: str) -> Path | None:
    paths = (folder / layout.format(**names) for layout in layouts)
    return next((path for path in paths if path.exists()), None)

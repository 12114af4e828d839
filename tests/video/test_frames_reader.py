import tarfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from egograph.errors import SourceError, TruncatedSource
from egograph.video.open_reader import open_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import number_of, numbered_frame


def write_frames(folder: Path, count: int, first: int = 1, size: tuple[int, int] = (64, 48)) -> Path:
    """Pictures numbered from `first` on, whose n-th (from 0) shows n."""
    folder.mkdir(parents=True)
    for number in range(count):
        picture = cv2.cvtColor(numbered_frame(number, *size), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(folder / f"frame_{first + number:010d}.jpg"), picture)
    return folder


def pack(folder: Path, inside: str = "") -> Path:
    path = folder.with_suffix(".tar")
    with tarfile.open(path, "w") as tar:
        for picture in sorted(folder.iterdir(), reverse=True):
            tar.add(picture, f"{inside}{picture.name}")
    return path


def source(path: Path, rate: float = 50.0) -> Source:
    return Source(str(path), "P01_101", live=False, picture_rate=rate)


def shown(path: Path) -> list[int]:
    return [number_of(frame) for clip in ClipSampler().clips(source(path)) for frame in clip.frames[clip.valid]]


def test_a_folder_and_a_tar_of_frames_give_the_frame_on_display_at_each_tick(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "P01_101", 120)
    expected = [min(int(tick / 8 * 50 + 0.05), 119) for tick in range(20)]
    assert shown(folder) == expected
    assert shown(pack(folder)) == expected
    assert shown(pack(folder, "./P01_101/")) == expected


def test_a_picture_stays_on_display_while_those_after_it_are_absent(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "P01_101", 50)
    for number in range(10, 30):
        (folder / f"frame_{number + 1:010d}.jpg").unlink()
    assert shown(folder) == [0, 6, 9, 9, 9, 31, 37, 43]


def test_a_stretch_begins_with_the_picture_on_display_at_its_start(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "P01_101", 120)
    clips = list(ClipSampler().stretch(source(folder), 0.51, 1.53))
    assert [number_of(frame) for clip in clips for frame in clip.frames[clip.valid]] == [
        int((0.51 + tick / 8) * 50 + 0.05) for tick in range(9)
    ]
    assert clips[0].times[0] == 0.0
    assert clips[-1].stop == pytest.approx(1.02)


def test_a_folder_without_numbered_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(SourceError, match=r"no frame_0000000001.jpg and on; give extracted frames"):
        open_reader(source(tmp_path))


def test_pictures_from_the_middle_of_a_video_are_refused(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "P01_101", 20, first=101)
    with pytest.raises(SourceError, match=r"the first picture is 101; give all of them, as their numbers are their"):
        open_reader(source(folder))


def test_a_tar_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"not a tar")
    with pytest.raises(SourceError, match=r"a.tar: can't be read"):
        open_reader(source(tmp_path / "a.tar"))


def test_clips_end_at_a_picture_that_is_broken_or_of_another_size(tmp_path: Path) -> None:
    folder = write_frames(tmp_path / "P01_101", 100)
    (folder / "frame_0000000076.jpg").write_bytes(b"")
    clips = ClipSampler().clips(source(folder))
    assert next(clips).stop == 1.0
    assert int(next(clips).valid.sum()) == 4
    with pytest.raises(TruncatedSource, match=r"frame_0000000076.jpg is no picture; extract the frames anew"):
        next(clips)
    cv2.imwrite(str(folder / "frame_0000000076.jpg"), np.zeros((10, 20, 3), np.uint8))
    with pytest.raises(TruncatedSource, match=r"is 20x10, unlike those before"):
        list(ClipSampler().clips(source(folder)))

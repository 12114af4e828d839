import shutil
import tarfile
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from egograph.data.ego4d import Moment
from egograph.data.epic import Segment, VideoInfo
from egograph.data.faults import Faults
from egograph.data.recordings import ego4d_recording, epic_recording
from egograph.data.segment_clips import segment_clips
from egograph.errors import EgographError
from egograph.video.clip import Clip
from egograph.video.sampler import ClipSampler
from tests.video.numbered import number_of, numbered_frame, steady, write_numbered

NTSC = Fraction(60000, 1001)
INFO = {"P01_101": VideoInfo("P01_101", 6.0, 50.0, 64, 48), "P01_01": VideoInfo("P01_01", 6.0, float(NTSC), 64, 48)}


def segment(video: str, start: float, stop: float) -> Segment:
    return Segment(f"{video}_0", "P01", video, start, stop, 0, 0, "take spoon")


def write_video(root: Path, video: str) -> Path:
    """The video as a file; frame n shows n."""
    path = root / "P01" / "videos" / f"{video}.MP4"
    path.parent.mkdir(parents=True, exist_ok=True)
    rate = Fraction(50) if video == "P01_101" else NTSC
    return write_numbered(path, steady(int(6 * rate), rate), format="mp4", options={"preset": "ultrafast", "g": "50"})


def write_pictures(root: Path, video: str) -> Path:
    """The same video as extracted frames, at the rate of its frame numbers: 60 a second where the video has 59.94."""
    folder = root / "P01" / "rgb_frames" / video
    folder.mkdir(parents=True)
    rate, own = (50, 50) if video == "P01_101" else (60, float(NTSC))
    for number in range(6 * rate - 1):
        picture = cv2.cvtColor(numbered_frame(int(number / rate * own + 1e-6)), cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(folder / f"frame_{number + 1:010d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 98])
    return folder


def clips_of(root: Path, asked: Segment, faults: Faults | None = None) -> tuple[Clip, ...]:
    [(_, clips)] = segment_clips([asked], lambda name: epic_recording(root, INFO[name]), ClipSampler(), faults)
    return clips


def shown(clips: tuple[Clip, ...]) -> list[int]:
    return [number_of(frame) for clip in clips for frame in clip.frames[clip.valid]]


@pytest.mark.parametrize("video", INFO)
@pytest.mark.parametrize("span", [(0.0, 1.3), (2.37, 4.6)])
def test_a_file_a_folder_of_frames_and_a_tar_of_them_give_the_same_clips(tmp_path, video, span):
    asked = segment(video, *span)
    file = clips_of(write_video(tmp_path / "files", video).parents[2], asked)
    folder = write_pictures(tmp_path / "frames", video)
    frames = clips_of(tmp_path / "frames", asked)
    with tarfile.open(folder.with_suffix(".tar"), "w") as tar:
        tar.add(folder, video)
    shutil.rmtree(folder)
    assert shown(clips_of(tmp_path / "frames", asked)) == shown(frames)
    assert len(shown(file)) == int(np.ceil((span[1] - span[0]) * 8))
    # At 60 a second a picture may come a frame of the video earlier or later than where the video itself is read.
    np.testing.assert_allclose(shown(frames), shown(file), atol=0 if video == "P01_101" else 1)
    assert [(clip.index, clip.start) for clip in frames] == [(clip.index, clip.start) for clip in file]
    assert [clip.stop for clip in frames] == pytest.approx([clip.stop for clip in file], abs=1e-6)
    if video == "P01_101":
        for clip, other in zip(frames, file, strict=True):
            np.testing.assert_allclose(clip.times, other.times, atol=1e-6)
            assert np.abs(clip.frames.astype(int) - other.frames).mean() < 3


def test_absent_videos_and_segments_past_the_end_are_counted_and_the_rest_goes_on(tmp_path):
    write_video(tmp_path, "P01_101")
    (tmp_path / "P01" / "videos" / "P01_01.MP4").write_bytes(b"no video")
    asked = [segment("P01_02", 0, 1), segment("P01_101", 1, 2), segment("P01_101", 7, 8), segment("P01_01", 0, 1)]
    info = INFO | {"P01_02": VideoInfo("P01_02", 6.0, 60.0, 64, 48)}
    faults = Faults(strict=False)
    found = list(segment_clips(asked, lambda name: epic_recording(tmp_path, info[name]), ClipSampler(), faults))
    assert [entry for entry, _ in found] == [asked[1]]
    assert faults.summary() == (
        "3 left out: 1 × a video that can't be read (first P01_01, 0.00 to 1.00 s), "
        "1 × no video (first P01_02, 0.00 to 1.00 s), "
        "1 × starts after the video's end (first P01_101, 7.00 to 8.00 s)"
    )


def test_strict_reading_stops_at_the_first_absent_video(tmp_path):
    message = r"P01_101, 0.00 to 1.00 s: no video; download it, or leave out its segments"
    with pytest.raises(EgographError, match=message):
        clips_of(tmp_path, segment("P01_101", 0, 1))


def test_a_video_that_ends_within_a_segment_gives_what_there_is(tmp_path):
    write_video(tmp_path, "P01_101")
    clips = clips_of(tmp_path, segment("P01_101", 5.5, 8.0))
    assert clips[-1].stop == pytest.approx(0.5, abs=1e-3)


def test_a_moment_is_cut_from_the_whole_video_by_time(tmp_path):
    folder = tmp_path / "v2" / "full_scale"
    folder.mkdir(parents=True)
    write_numbered(folder / "uid-7.mp4", steady(300, 30))
    moment = Moment("clip-1", "uid-7", 4.0, 5.0, "wash_hands", primary=True)
    [(found, clips)] = segment_clips([moment], lambda uid: ego4d_recording(tmp_path, uid), ClipSampler())
    assert found is moment
    assert shown(clips) == [int(4 * 30 + tick / 8 * 30 + 0.03) for tick in range(8)]


def test_a_tar_is_listed_once_for_all_its_segments(tmp_path, monkeypatch, caplog):
    folder = write_pictures(tmp_path, "P01_101")
    (folder / "frame_0000000200.jpg").unlink()
    (folder / "frame_0000000002.jpg").unlink()
    (folder / "frame_0000000002.jpg").hardlink_to(folder / "frame_0000000001.jpg")
    with tarfile.open(folder.with_suffix(".tar"), "w") as tar:
        tar.add(folder, arcname=".")
    shutil.rmtree(folder)
    listed = []
    opened = tarfile.open
    monkeypatch.setattr(tarfile, "open", lambda *words: listed.append(words) or opened(*words))
    asked = [segment("P01_101", start, start + 0.5) for start in (0.0, 1.0, 2.0, 0.02)]
    found = list(segment_clips(asked, lambda name: epic_recording(tmp_path, INFO[name]), ClipSampler()))
    assert [number for _, clips in found for number in shown(clips)][:4] == [0, 6, 12, 18]
    assert len(found) == 4
    assert shown(found[-1][1])[0] == 0  # the second picture, a link to the first
    assert len(listed) == 1
    assert [record.message for record in caplog.records if "absent" in record.message] == [
        f"{folder.with_suffix('.tar')}: 1 of 299 frames are absent"
    ]

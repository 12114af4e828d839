from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from egograph.errors import EgographError
from egograph.video.writer import VideoWriter
from tests.video.clip_lists import clips_and_fault
from tests.video.numbered import number_of, numbered_frame


def write(path: Path, count: int = 10, fps: float = 8.0, size=(64, 48)) -> Path:
    with VideoWriter(path, fps, size) as writer:
        for number in range(count):
            writer.write(numbered_frame(number, *size))
    return path


@pytest.mark.parametrize("size", [(64, 48), (63, 47), (320, 239)])
def test_what_was_written_is_read_again(tmp_path, size):
    clips, fault = clips_and_fault(write(tmp_path / "a.mp4", size=size), "auto")
    assert fault is None
    assert [number_of(frame) for clip in clips for frame in clip.frames[clip.valid]] == list(range(10))
    assert clips[-1].stop == 1.25
    width, height = size
    assert clips[0].frames.shape[1:] == (height + height % 2, width + width % 2, 3)


def test_an_odd_size_repeats_its_edge(tmp_path):
    [clip], _ = clips_and_fault(write(tmp_path / "a.mp4", size=(63, 47), count=8), "pyav")
    assert np.abs(clip.frames[3, :47, :63].astype(int) - numbered_frame(3, 63, 47)).max() < 20
    assert np.abs(clip.frames[:, -1].astype(int) - clip.frames[:, -2]).max() < 10


@pytest.mark.parametrize("encoders", [["libx264", "mpeg4"], ["mpeg4"]])
def test_colours_come_back(tmp_path, monkeypatch, encoders):
    monkeypatch.setattr("av.codecs_available", set(encoders))
    colours = np.array(
        [[200, 30, 40], [30, 180, 60], [40, 60, 210], [128, 128, 128], [16, 16, 16], [240, 240, 240]], np.uint8
    )
    frame = np.repeat(np.repeat(colours[None], 32, axis=1), 64, axis=0)
    with VideoWriter(tmp_path / "a.mp4", 8, (frame.shape[1], frame.shape[0])) as writer:
        for _ in range(8):
            writer.write(frame)
    [clip], _ = clips_and_fault(tmp_path / "a.mp4", "pyav")
    assert np.abs(clip.frames[4, 32, 16::32].astype(int) - colours).max() <= 8


def test_a_browser_plays_it(tmp_path):
    path = write(tmp_path / "a.mp4", fps=29.97)
    with av.open(path) as container:
        [stream] = container.streams.video
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert float(stream.average_rate) == pytest.approx(29.97)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # it can start before it is loaded


def test_the_same_frames_give_the_same_bytes(tmp_path):
    scenes = np.random.default_rng(0).integers(0, 256, (120, 15, 20, 3), dtype=np.uint8)
    frames = [
        cv2.resize(scene, (320, 240), interpolation=cv2.INTER_CUBIC) for scene in scenes // 16 + 3 * scenes[:1] // 4
    ]
    files = []
    for number in range(4):
        with VideoWriter(tmp_path / f"{number}.mp4", 16, (320, 240)) as writer:
            for frame in frames:
                writer.write(frame)
        files.append((tmp_path / f"{number}.mp4").read_bytes())
    assert len(set(files)) == 1


def test_a_fault_leaves_nothing_behind(tmp_path):
    def write_and_fail():
        with VideoWriter(tmp_path / "a.mp4", 8, (64, 48)) as writer:
            writer.write(numbered_frame(0))
            raise RuntimeError("elsewhere")

    with pytest.raises(RuntimeError, match="elsewhere"):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []


def test_a_fault_leaves_the_video_of_before(tmp_path):
    before = write(tmp_path / "a.mp4").read_bytes()
    with (
        pytest.raises(ValueError, match=r"has to be uint8 \(48, 64, 3\)"),
        VideoWriter(tmp_path / "a.mp4", 8, (64, 48)) as w,
    ):
        w.write(numbered_frame(0, 48, 64))
    assert (tmp_path / "a.mp4").read_bytes() == before


def test_the_video_appears_when_it_is_whole(tmp_path):
    writer = VideoWriter(tmp_path / "a.mp4", 8, (64, 48))
    writer.write(numbered_frame(0))
    assert not (tmp_path / "a.mp4").exists()
    writer.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_a_video_without_frames_is_none(tmp_path):
    VideoWriter(tmp_path / "a.mp4", 8, (64, 48)).close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path):
    path = tmp_path / "gone" / "a.mp4"
    with pytest.raises(EgographError) as fault:
        VideoWriter(path, 8, (64, 48))
    assert str(fault.value) == f"{path}: cannot be written (No such file or directory); give another folder"

import logging
import os
import pickle
import re
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

from egograph.errors import SourceError, TruncatedSource
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import numbered_frame, steady, write_numbered


def write_audio(path: Path, streams: int = 1, cover: bool = False) -> None:
    with av.open(path, "w") as container:
        tracks = [container.add_stream("aac", rate=8000, layout="mono") for _ in range(streams)]
        if cover:
            picture = container.add_stream("mjpeg")
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuvj420p"
            picture.disposition = Disposition.attached_pic
            frame = av.VideoFrame.from_ndarray(numbered_frame(1), format="rgb24")
            container.mux([*picture.encode(frame), *picture.encode(None)])
        for track in tracks:
            sound = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.float32), format="fltp", layout="mono")
            sound.sample_rate = 8000
            container.mux([*track.encode(sound), *track.encode(None)])


def fault_of(address: object, reader="auto", live=False) -> str:
    with pytest.raises(SourceError) as fault:
        list(ClipSampler(reader=reader).clips(Source(str(address), "a", live)))
    return str(fault.value)


def a_text_file(folder):
    (folder / "a.mp4").write_text("this is no video\n" * 100)
    return "not a video, or cut off before its index; give a whole video file"


def an_empty_file(folder):
    (folder / "a.mp4").write_text("")
    return "an empty file; give a video file"


def an_audio_file(folder):
    write_audio(folder / "a.mp4")
    return "no video stream (1 audio stream); give a file with video"


def an_audio_file_of_two(folder):
    write_audio(folder / "a.mp4", streams=2)
    return "no video stream (2 audio streams); give a file with video"


def an_audio_file_with_a_cover(folder):
    write_audio(folder / "a.mp4", cover=True)
    return "no video stream (1 audio stream); give a file with video"


def a_missing_file(folder):
    return "no such file; check the path"


def a_folder(folder):
    (folder / "a.mp4").mkdir()
    return "no video in this folder; give a video file, or a folder that holds some"


def a_file_without_its_index(folder):
    path = write_numbered(folder / "whole.mp4", steady(30, 25), noise=20)
    (folder / "a.mp4").write_bytes(path.read_bytes()[:2000])
    return "not a video, or cut off before its index; give a whole video file"


def an_index_without_its_file(folder):
    whole = write_numbered(folder / "b.mp4", steady(30, 25), noise=20, container_options={"movflags": "+faststart"})
    data = whole.read_bytes()
    (folder / "a.mp4").write_bytes(data[: data.index(b"mdat") + 20])
    return "no frame could be decoded (the file is cut off); give a whole video file"


@pytest.mark.parametrize("reader", ["auto", "decord", "pyav"])
@pytest.mark.parametrize(
    "make",
    [
        a_text_file,
        an_empty_file,
        an_audio_file,
        an_audio_file_of_two,
        an_audio_file_with_a_cover,
        a_missing_file,
        a_folder,
        a_file_without_its_index,
        an_index_without_its_file,
    ],
)
def test_what_is_no_video_is_said_in_one_line(tmp_path, capfd, make, reader):
    said = make(tmp_path)
    path = tmp_path / "a.mp4"
    assert fault_of(path, reader) == f"{path}: {said}"
    assert capfd.readouterr() == ("", "")


def test_text_is_not_drawn_as_a_video(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("take 1: knife\n" * 50)
    assert fault_of(path) == f"{path}: a text file; give a video file"


def test_a_file_that_may_not_be_read_says_so(tmp_path, monkeypatch):
    path = write_numbered(tmp_path / "a.mp4", steady(3, 25))
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read all
    assert fault_of(path) == f"{path}: may not be read; give yourself leave to read it (chmod +r)"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("rtsp://me:secret@127.0.0.1:9/live", "rtsp://127.0.0.1:9/live: cannot be opened (Connection refused)"),
        ("http://127.0.0.1:9/a.mp4", "http://127.0.0.1:9/a.mp4: cannot be opened (Connection refused)"),
        ("/dev/video987", "/dev/video987: cannot be opened (No such file or directory)"),
    ],
)
def test_an_address_where_nothing_answers_says_so(address, why):
    assert fault_of(address, live=True) == f"{why}; check the address"


def test_decord_is_not_for_addresses():
    assert (
        fault_of("http://x/a.mp4", "decord", live=True)
        == "http://x/a.mp4: decord reads files alone; choose reader=auto"
    )


@pytest.mark.parametrize("reader", ["auto", "decord", "pyav"])
def test_a_broken_video_leaves_the_terminal_alone(shared_data, capfd, reader):
    fault_path = shared_data / "videos_awkward" / "corrupted_28_of_50.mp4"
    assert "decoding stopped" in fault_of(fault_path, reader)
    assert capfd.readouterr() == ("", "")


def test_what_ffmpeg_says_is_there_for_who_debugs(shared_data, caplog):
    with caplog.at_level(logging.DEBUG):
        fault_of(shared_data / "videos_awkward" / "corrupted_28_of_50.mp4", "pyav")
    assert re.search("NAL", caplog.text)


@pytest.mark.parametrize("reader", ["auto", "pyav"])
def test_a_file_that_ends_between_two_packets_is_said_to_be_cut_off(tmp_path, reader):
    path = write_numbered(tmp_path / "a.mkv", steady(75, 25), noise=20)
    with av.open(path) as container:
        at = [packet.pos for packet in container.demux(video=0) if packet.size][40]
    path.write_bytes(path.read_bytes()[:at])
    said = fault_of(path, reader)
    assert re.fullmatch(
        re.escape(str(path)) + r": decoding stopped at 1\.6\d s \(4\d frames\) of 3\.00 s: "
        "the file (is cut off|ends before its time); labels cover what could be decoded",
        said,
    )


def test_a_truncated_source_is_told_in_another_process_too():
    fault = pickle.loads(pickle.dumps(TruncatedSource("a.mp4: decoding stopped", decoded=1.5)))
    assert (str(fault), fault.decoded) == ("a.mp4: decoding stopped", 1.5)


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_a_title_in_another_encoding_is_no_fault(tmp_path, suffix):
    path = write_numbered(tmp_path / f"a.{suffix}", steady(8, 8), title="cafe")
    path.write_bytes(path.read_bytes().replace(b"cafe", b"caf\xe9"))
    assert b"caf\xe9" in path.read_bytes()
    [clip] = ClipSampler(reader="pyav").clips(Source(str(path), "a", live=False))
    assert clip.valid.all()

from fractions import Fraction

import av
import numpy as np
import pytest

from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.clip_lists import assert_same_but_for_pixels, clips_and_fault, pixel_differences
from tests.video.numbered import number_of, steady, write_looped, write_numbered

# Mean absolute difference, of 255, where decord interpolates chroma differently; both files show a colour test pattern.
DIFFERENT = {"hevc_10bit.mp4": 4.0, "vp9_odd_size.mp4": 1.0}


def shared_videos(shared_data):
    return sorted(path for folder in ("videos", "videos_awkward") for path in (shared_data / folder).iterdir())


def test_decord_gives_the_clips_of_pyav(shared_data):
    for path in shared_videos(shared_data):
        clips, fault = clips_and_fault(path, "decord", fps=4, frames=4)
        expected, expected_fault = clips_and_fault(path, "pyav", fps=4, frames=4)
        assert_same_but_for_pixels(clips, expected)
        assert fault == expected_fault
        assert pixel_differences(clips, expected).max() <= DIFFERENT.get(path.name, 0.0), path


def test_auto_gives_the_pixels_of_pyav(shared_data):
    for name in ("videos/stir_pan.mp4", *(f"videos_awkward/{name}" for name in DIFFERENT)):
        clips, _ = clips_and_fault(shared_data / name, "auto")
        expected, _ = clips_and_fault(shared_data / name, "pyav")
        assert_same_but_for_pixels(clips, expected)
        assert pixel_differences(clips, expected).max() == 0, name


@pytest.mark.parametrize("reader", ["auto", "decord", "pyav"])
def test_a_file_with_a_broken_packet_gives_what_came_before_it(shared_data, reader):
    path = shared_data / "videos_awkward" / "corrupted_28_of_50.mp4"
    clips, fault = clips_and_fault(path, reader)
    assert [int(clip.valid.sum()) for clip in clips] == [8, 8, 7]
    assert clips[-1].stop == 2.8
    assert fault is not None
    assert fault.startswith(f"{path}: decoding stopped at 2.80 s (28 frames) of 5.00 s: ")
    assert fault.endswith("; labels cover what could be decoded")


def cut_short(data, packet):
    return data[: data.index(bytes(packet)) + packet.size // 2]


def broken(data, packet):
    """The picture's data says that it is longer than it is."""
    start = data.index(bytes(packet))
    return data[:start] + b"\xff" * 4 + data[start + 4 :]


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
@pytest.mark.parametrize("damage", [cut_short, broken])
@pytest.mark.parametrize("number", [30, 47, 60, 85])
def test_readers_agree_on_damaged_files(tmp_path, monkeypatch, suffix, damage, number):
    monkeypatch.setattr("egograph.video.decord_reader.READ_AHEAD", 64 * 48 * 3 * 25)  # a window is 20 frames
    options = {"preset": "veryfast", "g": "20"}
    flags = {"movflags": "+faststart"} if suffix == "mp4" else {}
    path = write_numbered(tmp_path / f"a.{suffix}", steady(100, 25), noise=20, options=options, container_options=flags)
    with av.open(path) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][number]
    path.write_bytes(damage(path.read_bytes(), packet))
    clips, fault = clips_and_fault(path, "decord", fps=25, frames=5)
    expected, expected_fault = clips_and_fault(path, "pyav", fps=25, frames=5)
    assert fault == expected_fault
    assert fault is not None
    assert "decoding stopped at" in fault
    assert_same_but_for_pixels(clips, expected)
    assert (number - 4) / 25 <= clips[-1].stop <= (number + 4) / 25  # pictures wait for a few that are shown later


@pytest.mark.parametrize(
    ("codec", "pixel_format", "size"),
    [
        ("libx264", "yuv420p", (62, 50)),
        ("libx264", "yuvj420p", (64, 48)),
        ("libx264", "yuv422p", (64, 48)),
        ("libx264", "yuv444p", (63, 47)),
        ("libx264", "yuv420p10le", (64, 48)),
        ("libx265", "yuv420p", (64, 48)),
        ("libvpx-vp9", "yuv420p", (63, 47)),
        ("mpeg4", "yuv420p", (64, 48)),
        ("mjpeg", "yuvj420p", (64, 48)),
    ],
)
def test_any_pixel_format_becomes_the_same_grey(tmp_path, codec, pixel_format, size):
    suffix = "mkv" if codec == "mjpeg" else "mp4"
    path = write_numbered(
        tmp_path / f"a.{suffix}",
        steady(20, 25),
        codec=codec,
        pixel_format=pixel_format,
        size=size,
        time_base=Fraction(1, 25),
    )
    for reader in ("pyav", "decord", "auto"):
        [clip], fault = clips_and_fault(path, reader)
        assert fault is None
        assert clip.frames.dtype == np.uint8
        assert clip.frames.shape == (8, size[1], size[0], 3)
        dark, bright = np.percentile(clip.frames, [2, 98])
        assert (dark, bright) == pytest.approx((30, 220), abs=12), reader


def test_many_windows_are_read_as_one_video(tmp_path, monkeypatch):
    monkeypatch.setattr("egograph.video.decord_reader.READ_AHEAD", 64 * 48 * 3 * 30)
    one = write_numbered(tmp_path / "a.mp4", steady(50, 25), options={"g": "25", "bf": "2", "preset": "veryfast"})
    path = write_looped(tmp_path / "b.mp4", one, 6)
    clips, _ = clips_and_fault(path, "decord", fps=10, frames=7)
    expected, _ = clips_and_fault(path, "pyav", fps=10, frames=7)
    assert_same_but_for_pixels(clips, expected)
    assert pixel_differences(clips, expected).max() == 0


def test_b_frames_in_avi_come_in_order(tmp_path):
    path = write_numbered(
        tmp_path / "b.avi", steady(60, 30), format="avi", options={"bf": "3", "b-adapt": "0", "g": "30"}
    )
    source = Source(str(path), "b", live=False)
    for reader in ("pyav", "decord"):
        clips = ClipSampler(fps=10, reader=reader).clips(source)
        assert [number_of(frame) for clip in clips for frame in clip.frames[clip.valid]] == list(range(0, 60, 3))
    part = ClipSampler(fps=10).stretch(source, 0.5, 1.5)
    assert [number_of(frame) for clip in part for frame in clip.frames[clip.valid]] == list(range(15, 45, 3))

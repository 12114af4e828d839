from fractions import Fraction

import av
import pytest

from egograph.video.window import LOOK_AHEAD, remux, window_length
from tests.video.numbered import number_of, steady, write_numbered


def packets_of(path):
    container = av.open(path)
    stream = container.streams.video[0]
    return [packet for packet in container.demux(stream) if packet.size], stream


def encoded(tmp_path, frames, options, codec="libx264"):
    return packets_of(write_numbered(tmp_path / "a.mp4", steady(frames, 25), codec=codec, options=options))


CLOSED = {"preset": "veryfast", "g": "12", "bf": "3", "sc_threshold": "0", "x264-params": "open-gop=0"}
OPEN = {**CLOSED, "x264-params": "open-gop=1"}


def test_a_window_ends_before_the_last_key_frame_that_fits(tmp_path):
    packets, _ = encoded(tmp_path, 100, CLOSED)
    assert [window_length(packets, most) for most in (12, 23, 24, 40)] == [12, 12, 24, 36]


def test_all_of_a_short_video_is_one_window(tmp_path):
    packets, _ = encoded(tmp_path, 30, CLOSED)
    assert window_length(packets, 64) == 30


def test_no_window_is_shorter_than_a_group_of_pictures(tmp_path):
    packets, _ = encoded(tmp_path, 40, CLOSED)
    assert window_length(packets, 11) == 0


def test_no_window_is_cut_where_frames_refer_across_the_cut(tmp_path):
    packets, _ = encoded(tmp_path, 100, OPEN)
    keys = [number for number, packet in enumerate(packets) if packet.is_keyframe]
    assert len(keys) > 2  # there are key frames to cut at
    assert window_length(packets, len(packets) - LOOK_AHEAD) == 0


def test_a_window_does_not_begin_within_a_group(tmp_path):
    packets, _ = encoded(tmp_path, 40, CLOSED)
    assert window_length(packets[1:], 64) == 0


@pytest.mark.parametrize(
    ("codec", "options"), [("libx264", CLOSED), ("libvpx-vp9", {"g": "12", "deadline": "realtime"})]
)
def test_a_window_is_a_video_of_its_frames_alone(tmp_path, codec, options):
    packets, stream = encoded(tmp_path, 40, options, codec)
    length = window_length(packets, 12)
    (tmp_path / "window.mp4").write_bytes(remux(packets[12 : 12 + length], stream))
    with av.open(tmp_path / "window.mp4") as window:
        frames = list(window.decode(video=0))
    assert [number_of(frame.to_ndarray(format="rgb24")) for frame in frames] == list(range(12, 24))
    step = frames[1].pts - frames[0].pts
    assert step * frames[0].time_base == Fraction(1, 25)

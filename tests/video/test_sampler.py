import logging
from fractions import Fraction

import numpy as np
import pytest

from egograph.video.open_reader import open_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.clip_lists import assert_same_but_for_pixels, clips_and_fault, pixel_differences
from tests.video.numbered import number_of, steady, write_looped, write_numbered

READERS = ["pyav", "decord", "auto"]


def shown(clips):
    return [number_of(frame) for clip in clips for frame in clip.frames[clip.valid]]


def on_display(times, fps, end):
    """The frame on display at each tick, found by looking at them all."""
    ticks = np.arange(int(np.ceil((end - 0.001) * fps))) / fps
    return [int(np.flatnonzero(np.array(times, dtype=float) <= tick + 0.001)[-1]) for tick in ticks]


RATES = {
    "25": steady(80, 25),
    "29.97": steady(95, Fraction(30000, 1001)),
    "59.94": steady(190, Fraction(60000, 1001)),
    "slow": steady(12, 3),
    "variable": np.round(np.cumsum(np.random.default_rng(0).choice([0.02, 0.05, 0.3], 30)) - 0.02, 2).tolist(),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("rate", RATES)
def test_each_tick_shows_the_frame_on_display(tmp_path, reader, rate):
    times = [time - RATES[rate][0] for time in RATES[rate]]
    clips, fault = clips_and_fault(write_numbered(tmp_path / "a.mp4", times), reader)
    end = float(2 * times[-1] - times[-2])
    assert fault is None
    assert shown(clips) == on_display(times, 8, end)
    assert clips[-1].stop == pytest.approx(end, abs=1e-4)


@pytest.mark.parametrize("reader", READERS)
def test_clips_follow_each_other_without_holes(shared_data, reader):
    clips, _ = clips_and_fault(shared_data / "videos" / "kitchen_drawer_mix.mp4", reader)
    assert [clip.index for clip in clips] == list(range(11))
    assert [clip.start for clip in clips] == list(range(11))
    assert [clip.stop for clip in clips] == [*range(1, 11), 10.08]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_times_count_from_the_first_frame(tmp_path, reader, suffix):
    path = write_numbered(tmp_path / f"a.{suffix}", steady(50, 25, start=8.36))
    clips, _ = clips_and_fault(path, reader)
    assert clips[0].times[0] == 0.0
    assert shown(clips) == on_display(steady(50, 25), 8, 2.0)


def test_a_real_late_start_counts_from_the_first_frame(shared_data):
    [clip], _ = clips_and_fault(shared_data / "videos_awkward" / "non_zero_start.mp4", "auto")
    np.testing.assert_allclose(clip.times[clip.valid], [0, 3 / 30, 7 / 30, 11 / 30], atol=1e-3)


@pytest.mark.parametrize("reader", READERS)
def test_frames_out_of_order_in_the_file_are_in_order(shared_data, reader):
    path = shared_data / "videos_awkward" / "unordered.mov"
    with open_reader(Source(str(path), "a", live=False), reader) as opened:
        assert [frame.time for frame in opened.frames()] == [0, 1 / 32, 2 / 32, 3 / 32]


@pytest.mark.parametrize("reader", READERS)
def test_a_short_last_clip_is_padded_with_its_last_frame_and_masked(tmp_path, reader):
    [_, clip], _ = clips_and_fault(write_numbered(tmp_path / "a.mp4", steady(34, 25)), reader)
    assert clip.valid.tolist() == [True] * 3 + [False] * 5
    assert clip.stop == 1.36
    assert (clip.times[3:] == clip.times[2]).all()
    assert (clip.frames[3:] == clip.frames[2]).all()
    assert (clip.frames.dtype, clip.times.dtype, clip.valid.dtype) == (np.uint8, np.float64, np.bool_)


@pytest.mark.parametrize("reader", READERS)
def test_a_video_of_one_frame_is_a_clip(tmp_path, reader):
    [clip], _ = clips_and_fault(write_numbered(tmp_path / "a.mp4", [Fraction(0)]), reader)
    assert clip.valid.sum() == 1


@pytest.mark.parametrize("reader", READERS)
def test_the_clock_can_be_chosen(tmp_path, reader):
    clips, _ = clips_and_fault(write_numbered(tmp_path / "a.mp4", steady(50, 25)), reader, fps=5, frames=4)
    assert [clip.frames.shape[0] for clip in clips] == [4, 4, 4]
    assert shown(clips) == list(range(0, 50, 5))


@pytest.mark.parametrize("wrong", [{"fps": 0}, {"fps": float("nan")}, {"frames": 0}, {"reader": "opencv"}])
def test_a_wrong_clock_is_refused(wrong):
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))}="):
        ClipSampler(**wrong)


@pytest.mark.parametrize("failing", ["open", "read"])
def test_where_decord_fails_pyav_goes_on_without_a_gap(tmp_path, monkeypatch, caplog, failing):
    decord = pytest.importorskip("decord")
    one = write_numbered(tmp_path / "one.mp4", steady(50, 25), options={"g": "25", "preset": "veryfast"})
    path = write_looped(tmp_path / "a.mp4", one, 6)
    expected, _ = clips_and_fault(path, "pyav")
    calls = []

    class Failing(decord.VideoReader):
        def __init__(self, *args, **kwargs):
            calls.append("open")
            self._handle = None  # what decord's own finalizer looks at
            if failing == "open" and calls.count("open") == 3:
                raise RuntimeError("Error reading")
            super().__init__(*args, **kwargs)

        def get_batch(self, indices):
            calls.append("read")
            if failing == "read" and calls.count("read") == 5:
                raise decord.DECORDError("broken")
            return super().get_batch(indices)

    monkeypatch.setattr("decord.VideoReader", Failing)
    monkeypatch.setattr("egograph.video.decord_reader.READ_AHEAD", 64 * 48 * 3 * 60)
    with caplog.at_level(logging.DEBUG, logger="egograph.video"):
        clips, fault = clips_and_fault(path, "auto")
    assert fault is None
    assert_same_but_for_pixels(clips, expected)
    assert pixel_differences(clips, expected).max() == 0
    assert "decord failed" in caplog.text
    assert calls.count("open") == 3 or failing == "read"
    assert calls.count("read") == 5 or failing == "open"


@pytest.mark.parametrize("reader", READERS)
def test_groups_of_pictures_longer_than_a_window_are_read_all_the_same(tmp_path, monkeypatch, reader):
    monkeypatch.setattr("egograph.video.decord_reader.READ_AHEAD", 64 * 48 * 3 * 20)
    path = write_numbered(tmp_path / "a.mp4", steady(100, 25), options={"g": "50", "bf": "2", "preset": "veryfast"})
    clips, _ = clips_and_fault(path, reader)
    assert shown(clips) == on_display(steady(100, 25), 8, 4.0)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_open_groups_of_pictures_lose_no_frame(tmp_path, monkeypatch, reader, codec):
    monkeypatch.setattr("egograph.video.decord_reader.READ_AHEAD", 64 * 48 * 3 * 30)
    parameters = {"libx264": "x264-params", "libx265": "x265-params"}[codec]
    options = {"g": "12", "bf": "3", "preset": "veryfast", parameters: "open-gop=1:scenecut=0:log-level=none"}
    path = write_numbered(tmp_path / "a.mp4", steady(100, 25), codec=codec, options=options)
    clips, fault = clips_and_fault(path, reader, fps=25, frames=10)
    assert fault is None
    assert shown(clips) == list(range(100))


@pytest.mark.parametrize("reader", READERS)
def test_a_picture_that_changes_size_keeps_its_first_size(tmp_path, reader):
    small = write_numbered(tmp_path / "a.ts", steady(25, 25), size=(64, 48))
    large = write_numbered(tmp_path / "b.ts", steady(25, 25, start=1.0), size=(128, 96))
    both = tmp_path / "both.ts"
    both.write_bytes(small.read_bytes() + large.read_bytes())
    clips, _ = clips_and_fault(both, reader)
    assert {clip.frames.shape for clip in clips} == {(8, 48, 64, 3)}
    assert shown(clips[:1]) == on_display(steady(25, 25), 8, 1.0)

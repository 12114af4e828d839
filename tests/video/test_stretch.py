from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from egograph.errors import SourceError, TruncatedSource
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import number_of, steady, write_numbered

SPANS = [(0.0, 0.4), (0.02, 1.0), (1.234, 3.1), (3.9, 9.0), (0.0, 20.0)]


def stretch(path: Path, start: float, stop: float, fps: float = 8.0):
    return list(ClipSampler(fps=fps).stretch(Source(str(path), "a", live=False), start, stop))


def shown(clips) -> list[int]:
    return [number_of(frame) for clip in clips for frame in clip.frames[clip.valid]]


def on_display(times: list[Fraction], start: float, stop: float, end: float, fps: float = 8.0) -> list[int]:
    """The frame on display at each tick from the start on, found by looking at them all."""
    moments = start + np.arange(200) / fps
    moments = moments[moments < min(stop, end) - 0.001]
    return [int(np.flatnonzero(np.array(times, dtype=float) <= moment + 0.001)[-1]) for moment in moments]


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("first", [0.0, 8.36])
@pytest.mark.parametrize("span", SPANS)
def test_a_stretch_shows_what_the_video_shows_there(tmp_path, span, first, suffix):
    rate = Fraction(60000, 1001) if suffix == "mp4" else Fraction(50)  # the others round times
    options = {"preset": "ultrafast", "g": "30", "bf": "2"}
    path = write_numbered(tmp_path / f"a.{suffix}", steady(300, rate, start=first), options=options)
    clips = stretch(path, *span)
    assert shown(clips) == on_display(steady(300, rate), *span, end=float(300 / rate))
    assert [clip.start for clip in clips] == list(range(len(clips)))
    assert clips[-1].stop == pytest.approx(min(span[1], float(300 / rate)) - span[0], abs=2e-3)


def test_a_stretch_that_starts_on_a_tick_shows_the_frames_of_the_whole(shared_data):
    path = shared_data / "videos" / "kitchen_drawer_mix.mp4"
    whole = list(ClipSampler().clips(Source(str(path), "a", live=False)))
    for clip, other in zip(stretch(path, 4.0, 7.0), whole[4:7], strict=True):
        np.testing.assert_array_equal(clip.frames, other.frames)
        np.testing.assert_allclose(clip.times, np.maximum(other.times - 4.0, 0), atol=1e-9)


def test_a_stream_without_times_is_read_from_its_beginning(tmp_path):
    path = write_numbered(tmp_path / "a.h264", steady(100, 25), format="h264")
    whole = shown(list(ClipSampler(reader="pyav").clips(Source(str(path), "a", live=False))))
    assert shown(stretch(path, 1.0, 2.0)) == whole[8:16]


def test_nothing_comes_of_a_stretch_after_the_end(tmp_path):
    assert stretch(write_numbered(tmp_path / "a.mp4", steady(50, 25)), 2.5, 3.0) == []


def test_a_video_that_breaks_off_within_a_stretch_ends_it(tmp_path):
    path = write_numbered(tmp_path / "a.mkv", steady(200, 25), noise=20)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.5)])
    clips = ClipSampler().stretch(Source(str(path), "a", live=False), 1.0, 6.0)
    seen = [next(clips) for _ in range(2)]
    assert shown(seen[:1]) == on_display(steady(200, 25), 1.0, 2.0, 8.0)
    with pytest.raises(TruncatedSource) as raised:
        list(clips)
    assert 2.0 < raised.value.decoded < 4.0  # of the stretch, which began at 1 s


def test_a_live_source_has_no_stretches():
    with pytest.raises(SourceError, match=r"cannot be opened|live"):
        list(ClipSampler().stretch(Source("http://127.0.0.1:9/a.ts", "a", live=True), 0.0, 1.0))

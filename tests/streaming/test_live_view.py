import time
from itertools import pairwise
from pathlib import Path

import numpy as np

from egograph.model import EgoGraph
from egograph.pipeline import observe
from egograph.streaming.live_view import LiveView
from egograph.summary import StreamTally
from egograph.video.latest import LatestClips
from egograph.video.open_reader import open_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import number_of, steady, write_numbered

HALF_SECONDS = ClipSampler(fps=8, frames=4)


def watch(model: EgoGraph, video: Path, sampler: ClipSampler = HALF_SECONDS):
    """Play a video to its end; gives the view, its states and its pictures as a display would have seen them."""
    states, pictures = [], []
    with open_reader(Source(str(video), video.stem, live=False), "pyav") as reader:
        clips = LatestClips(sampler, reader, video.stem)
        with LiveView(model, clips, StreamTally(video.stem, str(video)), sampler.fps) as view:
            while not view.wait(0.02):
                states.append(view.state())
                if (picture := view.picture(pictures[-1].number if pictures else 0)) is not None:
                    pictures.append(picture)
        return view, states, pictures


def ages(states: list[dict]) -> list[int]:
    by_clip = {state["label"]["clip"]: state["label"]["age_ms"] for state in states if state["label"]}
    return list(by_clip.values())


def test_a_quick_model_labels_every_clip(model, tmp_path):
    view, states, pictures = watch(model, write_numbered(tmp_path / "a.mp4", steady(50, 20)))
    assert view.fault is None
    assert (view.tally.clips, view.tally.dropped) == (5, 0)
    assert states[-1]["labels"] >= 4
    assert max(ages(states)) < 500
    assert all(later.number > earlier.number for earlier, later in pairwise(pictures))


def test_a_slow_model_drops_clips_and_the_labels_age_stays_bounded(model, tmp_path, monkeypatch):
    takes = 0.9  # seconds a clip of half a second

    def slowly(*arguments):
        time.sleep(takes)
        return observe(*arguments)

    monkeypatch.setattr("egograph.streaming.live_view.observe", slowly)
    view, states, _ = watch(model, write_numbered(tmp_path / "a.mp4", steady(130, 20)))
    seen = ages(states)
    assert len(seen) >= 4
    assert view.tally.dropped >= 4
    assert view.tally.dropped + view.tally.clips == 13
    # Its own work and, of the stream's last clip, that of the clip before; kept in order, the last would be 5 s old.
    assert all(1000 * takes < age < 1000 * (2 * takes + 2) for age in seen)
    assert states[-1]["dropped"] >= 4


def test_the_picture_plays_the_labelled_clip_and_shows_what_is_now_in_its_corner(model, tmp_path):
    video = write_numbered(tmp_path / "a.mp4", steady(50, 20), size=(320, 240))
    _, _, pictures = watch(model, video)
    labelled = [picture for picture in pictures if picture.label]
    assert len(labelled) > 8
    for picture in labelled[:-4]:
        height, width, _ = picture.pixels.shape
        assert (height, width) == (720, 960)
        assert 0 < picture.behind < 1.5
    now = [number_of(inset(picture.pixels)) for picture in labelled]
    assert now == sorted(now)
    assert len(set(now)) > 5


def inset(pixels: np.ndarray) -> np.ndarray:
    width = round(0.22 * pixels.shape[1])
    margin = round(0.015 * pixels.shape[1]) + 2
    height = round(width * 3 / 4)
    return pixels[margin : margin + height, -margin - width : -margin]


def test_a_fault_of_the_model_ends_the_view_and_is_kept(model, tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("out of memory")

    monkeypatch.setattr("egograph.streaming.live_view.observe", broken)
    view, _, _ = watch(model, write_numbered(tmp_path / "a.mp4", steady(50, 20)))
    assert isinstance(view.fault, RuntimeError)
    assert view.tally.clips == 0


def test_the_view_is_left_before_the_stream_ends(model, tmp_path):
    video = write_numbered(tmp_path / "a.mp4", steady(2000, 20))
    began = time.monotonic()
    with open_reader(Source(str(video), "a", live=False), "pyav") as reader:
        clips = LatestClips(HALF_SECONDS, reader, "a")
        with LiveView(model, clips, StreamTally("a", str(video)), 8) as view:
            time.sleep(0.3)
            view.end()
            assert view.wait(0)
    assert time.monotonic() - began < 5

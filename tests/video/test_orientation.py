import numpy as np
import pytest

from egograph.video.open_reader import open_reader
from egograph.video.source import Source
from tests.video.numbered import numbered_frame, steady, write_numbered

NUMBER = 0b010011000111  # no turn and no flip of its fields gives the same picture


def undo(frame, degrees, left_right, top_bottom):
    """What a viewer is meant to see: the stored picture turned counterclockwise, then flipped."""
    frame = np.rot90(frame, round(degrees / 90))
    frame = frame[:, ::-1] if left_right else frame
    return frame[::-1] if top_bottom else frame


@pytest.mark.parametrize("reader", ["pyav", "decord"])
@pytest.mark.parametrize("left_right", [False, True])
@pytest.mark.parametrize("top_bottom", [False, True])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_pictures_are_turned_upright(tmp_path, monkeypatch, reader, degrees, left_right, top_bottom):
    monkeypatch.setattr("tests.video.numbered.numbered_frame", lambda n, w, h: numbered_frame(NUMBER, w, h))
    rotation = (degrees, left_right, top_bottom)
    path = write_numbered(tmp_path / "a.mp4", steady(3, 25), size=(96, 64), rotation=rotation)
    with open_reader(Source(str(path), "a", live=False), reader) as opened:
        [seen] = opened.pixels([next(opened.frames())])
    expected = undo(numbered_frame(NUMBER, 96, 64), *rotation)
    assert seen.shape == expected.shape
    assert np.abs(seen.astype(int) - expected).mean() < 5


@pytest.mark.parametrize("reader", ["pyav", "decord", "auto"])
def test_a_real_turned_video_is_portrait(shared_data, reader):
    path = shared_data / "videos_awkward" / "rotated_90.mov"
    with open_reader(Source(str(path), "a", live=False), reader) as opened:
        assert opened.pixels(list(opened.frames())).shape == (3, 568, 320, 3)

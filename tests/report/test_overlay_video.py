"""The overlay video."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from egograph.report.overlay_video import OverlayVideo
from tests.report.cutting import NOUNS, cutting_label, labelled


def test_the_video_has_every_real_frame_at_the_clocks_rate(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    with OverlayVideo(path, 8.0, NOUNS) as video:
        video.add(*labelled(cutting_label(0)))
        clip, result = labelled(cutting_label(1, abstain=True))
        video.add(replace(clip, valid=np.array([True, True, False, False])), result)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        frames = list(file.decode(stream))
    assert len(frames) == 6
    assert [frame.time for frame in frames] == pytest.approx([k / 8 for k in range(6)])
    assert (frames[0].width, frames[0].height) == (960, 812)
    picture = frames[0].to_ndarray(format="rgb24")
    assert np.abs(picture[100, 300].astype(int) - 110).max() < 12, "the frame lies above the bar"
    assert picture[-10, 480].max() < 40, "the bar lies below the frame"

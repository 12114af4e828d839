"""What the tests share: the development data beside the checkout, where it is there."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real labels and videos; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("EGOGRAPH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: this test needs the development data")
    return folder


@pytest.fixture(scope="session")
def toy_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short video of the toy kitchen."""
    from egograph.data.toy_kitchen import render_video
    from egograph.video.writer import VideoWriter

    video = render_video(seed=11, split="val", seconds=6.0)
    path = tmp_path_factory.mktemp("toy") / "toy.mp4"
    with VideoWriter(path, video.fps, video.size) as file:
        for frame in video.frames():
            file.write(frame.image)
    return path

"""What the tests of the command line share."""

from pathlib import Path

import numpy as np
import pytest

from egograph.checkpoint import save_model, untrained
from egograph.cli.main import main
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.model import ModelConfig
from egograph.video.writer import VideoWriter


@pytest.fixture(scope="session")
def untrained_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that was not trained: it labels, and abstains from everything."""
    folder = tmp_path_factory.mktemp("model")
    encoder = TinyEncoderConfig()
    save_model(untrained(ModelConfig(), encoder), encoder, folder)
    return folder


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of 2 seconds, a little too long for two clips."""
    path = tmp_path_factory.mktemp("videos") / "squares.mp4"
    with VideoWriter(path, 8, (160, 128)) as file:
        for frame in range(18):
            picture = np.full((128, 160, 3), 90, dtype=np.uint8)
            picture[40:80, 4 * frame : 4 * frame + 40] = (200, 60, 20)
            file.write(picture)
    return path


@pytest.fixture(scope="session")
def demo(untrained_model: Path, video: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of `egograph demo` on the video."""
    folder = tmp_path_factory.mktemp("demo") / "made" / "here"
    assert main(["demo", str(video), f"model={untrained_model}", f"output={folder}"]) == 0
    return folder

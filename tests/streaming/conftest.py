"""What the tests of the streaming job share: one Ray for all of them, an untrained model, small videos."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from egograph.checkpoint import save_model, untrained
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.model import EgoGraph, ModelConfig
from egograph.streaming.ray_session import keep_ray_local, ray_session
from tests.video.numbered import steady, write_numbered

keep_ray_local()  # before a test module imports Ray


@pytest.fixture(scope="session")
def local_ray() -> Iterator[None]:
    """Ray on this machine; a job finds it running and leaves it so."""
    with ExitStack() as session:
        session.enter_context(ray_session())
        yield
        with warnings.catch_warnings():  # Ray does not wait for the processes that it stops
            warnings.simplefilter("ignore", ResourceWarning)
            session.close()
            gc.collect()


@pytest.fixture(scope="session")
def model() -> EgoGraph:
    """A model that was not trained: it labels, and abstains from everything."""
    model = untrained(ModelConfig(), TinyEncoderConfig())
    model.warm_up()
    return model


@pytest.fixture(scope="session")
def model_folder(model: EgoGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model, saved."""
    folder = tmp_path_factory.mktemp("model")
    save_model(model, TinyEncoderConfig(), folder)
    return folder


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three videos of 3.5, 2 and 0.3 seconds."""
    folder = tmp_path_factory.mktemp("videos")
    frames = {"long": 70, "middle": 40, "short": 6}
    return [write_numbered(folder / f"{name}.mp4", steady(count, 20), noise=20) for name, count in frames.items()]

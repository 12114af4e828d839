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

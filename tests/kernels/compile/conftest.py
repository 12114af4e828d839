"""Triton kernels are compiled here: `pytest tests/kernels/compile`, in a process of its own."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("TRITON_DEFAULT_FP_FUSION", "1")  # unset, triton 3.9 warns of its coming default

BUDGET = Path(__file__).with_name("budget.json")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-budget", action="store_true", help="keep what the kernels take now as their budget")


@pytest.fixture(scope="session")
def budget(request: pytest.FixtureRequest) -> Iterator[dict[str, dict[str, int]]]:
    """What each kernel may take; with --write-budget it is empty, for the tests to fill, and kept."""
    writes = request.config.getoption("--write-budget")
    kept: dict[str, dict[str, int]] = {} if writes else json.loads(BUDGET.read_text())
    yield kept
    if writes:
        lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(kept[name])}" for name in sorted(kept))
        BUDGET.write_text(f"{{\n{lines}\n}}\n")

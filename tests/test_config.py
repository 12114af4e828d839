from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from egograph.config import build
from egograph.errors import UsageError


@dataclass(frozen=True)
class Clock:
    fps: float = 8.0
    frames: int = 8
    reader: Literal["auto", "pyav"] = "auto"

    def __post_init__(self) -> None:
        if self.fps <= 0:
            raise ValueError("fps is not above 0")


@dataclass(frozen=True)
class Small:
    name: Literal["small"] = "small"
    width: int = 1


@dataclass(frozen=True)
class Large:
    checkpoint: str
    name: Literal["large"] = "large"


@dataclass(frozen=True)
class Run:
    sources: tuple[str, ...] = ()
    clock: Clock = field(default_factory=Clock)
    encoder: Small | Large | None = None
    sizes: tuple[int, int] = (1, 2)
    output: Path | None = None
    sure: bool = False


def test_values_become_the_annotated_types():
    run = build(Run, {"sources": ["a.mp4", 0], "clock": {"fps": 4}, "sizes": [3, 4], "output": "out"})
    assert run == Run(("a.mp4", "0"), Clock(4.0), None, (3, 4), Path("out"))
    assert isinstance(run.clock.fps, float)


def test_one_item_stands_for_a_list_of_one():
    assert build(Run, {"sources": "a.mp4"}).sources == ("a.mp4",)


def test_a_union_is_told_apart_by_name():
    assert build(Run, {"encoder": {"name": "large", "checkpoint": "here"}}).encoder == Large("here")
    assert build(Run, {"encoder": {"name": "small", "width": 2}}).encoder == Small(width=2)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"clock": {"fsp": 4}}, "clock.fsp: no such key; did you mean clock.fps?"),
        ({"clock": {"fps": "fast"}}, "clock.fps=fast: not a number"),
        ({"clock": {"fps": True}}, "clock.fps=True: not a number"),
        ({"clock": {"frames": 8.5}}, "clock.frames=8.5: not a whole number"),
        ({"clock": {"fps": -1}}, "clock: fps is not above 0"),
        ({"clock": {"reader": "pyva"}}, "clock.reader=pyva: not one of auto, pyav; did you mean pyav?"),
        ({"clock": 3}, "clock=3: not a group of keys (Clock)"),
        ({"sizes": [1]}, "sizes=[1]: not a list of 2, each a whole number"),
        ({"sizes": 3}, "sizes=3: not a list of 2, each a whole number"),
        ({"sources": [["a"]]}, "sources=['a']: not a text"),
        ({"sure": 1}, "sure=1: not true or false"),
        ({"encoder": {"name": "huge"}}, "encoder=huge: not one of large, small"),
        (
            {"encoder": {"name": "large", "checkpoint": "???"}},
            "encoder.checkpoint: needs a value; give encoder.checkpoint=…",
        ),
        ({"encoder": {"name": "large"}}, "encoder.checkpoint: needs a value; give encoder.checkpoint=…"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(values, line):
    with pytest.raises(UsageError) as caught:
        build(Run, values)
    assert str(caught.value) == line


def test_a_folder_may_be_called_by_a_number() -> None:
    assert build(Run, {"output": 2026}).output == Path("2026")

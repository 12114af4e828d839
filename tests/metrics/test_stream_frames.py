"""Online detection frame by frame."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from egograph.errors import EgographError
from egograph.metrics.stream_frames import calibrated_average_precision, score

NAMES = ["background", "cut", "mix", "peel", "ambiguous"]


def write(folder: Path, videos: Any, **other: Any) -> Path:
    path = folder / "frames.json"
    frame = {"fps": 4.0, "class_names": NAMES, "background_index": 0, "ambiguous_index": 4}
    path.write_text(json.dumps(frame | {"videos": videos} | other))
    return path


def video(*frames: tuple[tuple[float, ...], tuple[int, ...]]) -> dict[str, Any]:
    """Frames of scores and the classes that they show."""
    targets = [[int(number in shown) for number in range(len(NAMES))] for _, shown in frames]
    return {"scores": [list(scores) for scores, _ in frames], "targets": targets}


def test_precisions_by_hand(tmp_path: Path):
    videos = {
        "a": video(
            ((0.0, 0.9, 0.1, 0.9, 0.0), (1,)),
            ((0.9, 0.8, 0.0, 0.0, 0.0), (0,)),
            ((0.0, 0.95, 0.9, 0.0, 0.9), (2, 4)),  # ambiguous: left out
        ),
        "b": video(
            ((0.0, 0.7, 0.3, 0.0, 0.0), (1, 2)),
            ((0.0, 0.2, 0.6, 0.0, 0.0), (0,)),
        ),
    }
    found = score(write(tmp_path, videos))
    # cut: frames by score 0.9 right, 0.8 wrong, 0.7 right, 0.2 wrong; w = 2 / 2. mix: 0.6 wrong, 0.3 right; w = 3 / 1.
    assert found["mAP"] == pytest.approx(((1 + 2 / 3) / 2 + 1 / 2) / 2, abs=1e-12)
    assert found["mcAP"] == pytest.approx(((1 + 2 / 3) / 2 + 3 / (3 + 1)) / 2, abs=1e-12)


def test_calibration_makes_up_for_rarity():
    rng = np.random.default_rng(0)
    for rare in (0.5, 0.1, 0.01):
        target = (rng.uniform(size=20000) < rare).astype(np.int64)
        assert calibrated_average_precision(target, rng.uniform(size=20000)) == pytest.approx(
            0.5, abs=0.05
        )  # by chance


def test_perfect_scores_give_1_and_the_order_of_videos_changes_nothing(tmp_path: Path):
    rng = np.random.default_rng(0)
    targets = rng.integers(0, 2, (2, 50, len(NAMES)))
    perfect = {
        name: {"scores": part.tolist(), "targets": part.tolist()} for name, part in zip("ab", targets, strict=True)
    }
    assert score(write(tmp_path, perfect)) == {"mAP": 1.0, "mcAP": 1.0}
    guessed = {name: value | {"scores": rng.uniform(size=(50, len(NAMES))).tolist()} for name, value in perfect.items()}
    found = score(write(tmp_path, guessed))
    assert found == pytest.approx(score(write(tmp_path, dict(reversed(guessed.items())))), abs=1e-12)
    assert 0 < found["mAP"] < 1


def test_without_the_two_classes_all_are_scored(tmp_path: Path):
    videos = {"a": video(((0.9, 0.0, 0.0, 0.0, 0.8), (0, 4)), ((0.1, 0.0, 0.0, 0.0, 0.9), ()))}
    assert score(write(tmp_path, videos, background_index=None, ambiguous_index=None))["mAP"] == 0.75


GOOD = video(((0.0, 0.9, 0.1, 0.9, 0.0), (1,)))


@pytest.mark.parametrize(
    ("videos", "other", "message"),
    [
        (
            {"a": GOOD, "b": GOOD | {"scores": [[0.0] * 4]}},
            {},
            "no scores and targets: b (scores are no such lists);",
        ),
        ({"a": GOOD | {"scores": [[float("nan")] * 5]}}, {}, "no scores and targets: a"),
        (
            {"a": GOOD | {"targets": [[0, 2, 0, 0, 0]]}, "b": {}},
            {},
            "scores and targets: a (a target of 2) and 1 more",
        ),
        ({"a": GOOD | {"targets": [[0] * 5] * 2}}, {}, "a (1 frames of scores, 2 of targets)"),
        ({}, {}, "no scores and targets: no video"),
        ({"a": GOOD | {"targets": [[1, 0, 0, 0, 0]]}}, {}, "no frame of any class"),
        ({"a": GOOD}, {"ambiguous_index": 5}, "ambiguous_index is 5; give a class index below 5, or null"),
        ({"a": GOOD}, {"class_names": None}, "no list 'class_names'"),
        (
            {"a": GOOD},
            {"backgroud_index": 0},
            "unknown key 'backgroud_index'; did you mean background_index?",
        ),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path: Path, videos: Any, other: dict[str, Any], message: str):
    with pytest.raises(EgographError) as caught:
        score(write(tmp_path, videos, **other))
    assert message in str(caught.value)

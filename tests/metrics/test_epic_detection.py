"""EPIC-KITCHENS-100 action detection."""

from pathlib import Path
from typing import Any

import pytest

from egograph.errors import EgographError
from egograph.metrics.epic_detection import score
from tests.metrics.epic_files import segment, write_annotations, write_submission

SEGMENTS = (
    segment(0, 0, 3, start=0, stop=10),
    segment(1, 1, 3, start=20, stop=30),
    segment(2, 0, 4, "P18", start=0, stop=10),
)


def prediction(
    start: float, stop: float, verb: int, noun: int, sure: float, action: str | None = None
) -> dict[str, Any]:
    action = action or f"{verb},{noun}"
    return {"segment": [start, stop], "verb": verb, "noun": noun, "action": action, "score": sure}


def perfect() -> dict[str, list[dict[str, Any]]]:
    results: dict[str, list[dict[str, Any]]] = {}
    for row in SEGMENTS:
        results.setdefault(row.video, []).append(prediction(row.start, row.stop, row.verb, row.noun, 0.5))
    return results


def write(folder: Path, results: Any) -> tuple[Path, Path]:
    annotations = write_annotations(folder / "annotations", SEGMENTS)
    return write_submission(folder / "p.json", "action_detection", results), annotations


def test_precisions_by_hand(tmp_path: Path):
    results = {
        "P01_101": [
            prediction(0, 10, 0, 3, 0.9),  # all right
            prediction(20, 23.5, 1, 4, 0.8, "1,3"),  # overlap 0.35; the noun is wrong, the action is not
            prediction(0, 10, 60, 200, 0.99),  # classes that the truth lacks
        ],
        "P18_101": [],
    }
    found = score(*write(tmp_path, results))
    # Verb 0: one of two found. Verb 1: found up to 0.3. Noun 3: one of two. Noun 4: one wrong, one missed.
    # Actions: (0, 3) found, (1, 3) found up to 0.3, (0, 4) without a prediction.
    verb, noun, action = [75, 75, 75, 25, 25], [25] * 5, [100 * 2 / 3] * 3 + [100 / 3] * 2
    wanted = {f"{task}_map_at_{k:02d}": values[k - 1] for task, values in
              (("verb", verb), ("noun", noun), ("action", action)) for k in range(1, 6)}  # fmt: skip
    wanted |= {"verb_map_avg": sum(verb) / 5, "noun_map_avg": 25, "action_map_avg": sum(action) / 5}
    assert found == pytest.approx(wanted, abs=1e-9)


def test_perfect_predictions_give_100_and_an_absent_video_is_an_empty_one(tmp_path: Path):
    assert set(score(*write(tmp_path, perfect())).values()) == {100.0}
    one = {"P01_101": perfect()["P01_101"]}
    assert score(*write(tmp_path, one)) == score(*write(tmp_path, one | {"P18_101": []}))


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ({"P02_01": [], "P02_02": []}, "unknown videos: P02_01 and 1 more; give videos of the val"),
        ({"P01_101": {}}, "no list of predictions: P01_101"),
        ({"P01_101": [prediction(0, 1, 0, 3, 0.5), prediction(0, 1, 97, 3, 0.5)]}, "format: P01_101, prediction 1"),
        ({"P01_101": [prediction(0, 1, 0, 3, float("nan"))]}, "format: P01_101, prediction 0, 'score'; give"),
        ({"P01_101": [prediction(0, float("nan"), 0, 3, 0.5)]}, "not in the format: P01_101, prediction 0"),
        ({"P01_101": [prediction(0, 1, 0, 3, 0.5, "0")]}, "not in the format: P01_101, prediction 0"),
        ({"P01_101": [prediction(0, 1, 0, 3, 0.5, "0,300")]}, "not in the format: P01_101, prediction 0"),
        ({"P01_101": [{"verb": 0}, 7, prediction(0, 1, 0, 3, 0.5) | {"segment": [1]}]}, "0, 'segment' and 2 more"),
        ({"P01_101": [prediction(0, 1, 0, 3, 10**400)]}, "not in the format: P01_101, prediction 0, 'score'"),
    ],
)  # fmt: skip
def test_files_that_do_not_fit_are_refused(tmp_path: Path, results: Any, message: str):
    with pytest.raises(EgographError) as caught:
        score(*write(tmp_path, results))
    assert message in str(caught.value)

"""Ego4D moments queries."""

import json
from pathlib import Path
from typing import Any

import pytest

from egograph.errors import EgographError
from egograph.metrics.ego4d_mq import score

MOMENTS = {
    "a": [(0, 10, "wash"), (20, 30, "wash"), (5, 15, "cut")],
    "b": [(0, 10, "cut")],
}


def write_annotations(folder: Path) -> Path:
    def clip(name: str, subset: str, moments: list[tuple[float, float, str]]) -> dict[str, Any]:
        rows = [{"start_time": start, "end_time": stop, "label": label} for start, stop, label in moments]
        return {"video_id": "v", "clip_id": name, "subset": subset, "annotations": rows}

    content = {name: clip(name, "val", moments) for name, moments in MOMENTS.items()}
    content["t"] = clip("t", "train", [(0, 10, "mix")])
    (folder / "clip_annotations.json").write_text(json.dumps(content))
    return folder


def rows(*found: tuple[float, float, str, float]) -> list[dict[str, Any]]:
    return [{"segment": [start, stop], "label": label, "score": sure} for start, stop, label, sure in found]


PERFECT = {name: rows(*((*moment, 0.5) for moment in moments)) for name, moments in MOMENTS.items()}


def write(folder: Path, detect: Any = PERFECT, retrieve: Any = PERFECT) -> Path:
    path = folder / "submission.json"
    path.write_text(json.dumps({"version": "1.0", "detect_results": detect, "retrieve_results": retrieve}))
    return path


def test_perfect_predictions_give_1(tmp_path: Path):
    found = score(write(tmp_path), write_annotations(tmp_path))
    assert set(found.values()) == {1.0}
    assert len(found) == 6 + 15


def test_detection_by_hand(tmp_path: Path):
    detect = {
        "a": rows((0, 10, "wash", 0.9), (20, 24.5, "wash", 0.8), (0, 10, "mix", 1.0)),
        "b": rows((0, 10, "cut", 0.2), (0, 10, "wash", 0.85)),
    }
    found = score(write(tmp_path, detect), write_annotations(tmp_path))
    # wash: right, wrong (b has none), then right up to an overlap of 0.45; cut: one of two.
    low, high = (((1 + 2 / 3) / 2) + 0.5) / 2, (0.5 + 0.5) / 2
    assert [found[f"mAP@0.{t}"] for t in range(1, 6)] == pytest.approx([low, low, low, low, high], abs=1e-12)
    assert found["mAP"] == pytest.approx((4 * low + high) / 5)


def test_recall_by_hand(tmp_path: Path):
    retrieve = {
        # Two true moments of wash: 1x looks at two predictions, 2x at four; both may be of one prediction.
        "a": rows((40, 50, "wash", 0.1), (0, 10, "wash", 0.2), (20, 25, "wash", 0.9), (5, 15, "mix", 1.0)),
        "b": rows((50, 60, "cut", 0.9), (0, 7, "cut", 0.1)),
    }
    found = score(write(tmp_path, retrieve=retrieve), write_annotations(tmp_path))
    # Moments: two of wash in a, cut in a (nothing given), cut in b. In list order, whatever the scores.
    assert found["recall@1x@0.3"] == 1 / 4
    assert found["recall@2x@0.3"] == 3 / 4
    assert found["recall@2x@0.5"] == 2 / 4  # an overlap of 0.5 is not more than 0.5
    assert found["recall@5x@0.5"] == 2 / 4
    assert found["recall@2x@0.7"] == 1 / 4  # 0.7 is not more than 0.7


def test_a_prediction_may_retrieve_more_than_one_moment(tmp_path: Path):
    (tmp_path / "clip_annotations.json").write_text(
        json.dumps(
            {
                "a": {
                    "subset": "val",
                    "annotations": [
                        {"start_time": 0, "end_time": 10, "label": "cut"},
                        {"start_time": 1, "end_time": 11, "label": "cut"},
                    ],
                }
            }
        )
    )
    given = {"a": rows((0, 10, "cut", 1.0))}
    found = score(write(tmp_path, given, given), tmp_path)
    assert found["recall@1x@0.7"] == 1
    assert found["mAP@0.5"] == 0.5


@pytest.mark.parametrize(
    ("detect", "message"),
    [
        ({"a": []}, "clips of detect_results missing: b; give exactly the 2 of the annotations"),
        (PERFECT | {"t": []}, "unknown clips of detect_results: t; give exactly the 2 of the annotations"),
        (PERFECT | {"a": {}}, "not in the format: detect_results, a, prediction 0, 'segment'; give"),
        (PERFECT | {"a": rows((0, 1, "cut", float("nan")))}, "detect_results, a, prediction 0, 'score'; give"),
        (PERFECT | {"a": rows((0, 10**400, "cut", 1.0))}, "detect_results, a, prediction 0, 'segment'; give"),
        (PERFECT | {"b": [*PERFECT["b"], {"label": "cut"}]}, "detect_results, b, prediction 1, 'segment'; give"),
        (PERFECT | {"b": rows((0, 1, 5, 1.0))}, "detect_results, b, prediction 0, 'label'; give"),
        ([], "no 'detect_results' object"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path: Path, detect: Any, message: str):
    with pytest.raises(EgographError) as caught:
        score(write(tmp_path, detect), write_annotations(tmp_path))
    assert message in str(caught.value)


@pytest.mark.parametrize(("start", "stop"), [(5, 3), (float("nan"), 3), (0, float("inf"))])
def test_moments_of_no_length_are_named(tmp_path: Path, start: float, stop: float):
    moment = {"start_time": start, "end_time": stop, "label": "cut"}
    (tmp_path / "clip_annotations.json").write_text(json.dumps({"a": {"subset": "val", "annotations": [moment]}}))
    with pytest.raises(EgographError, match=r"json: a has a moment from .* to .* s; mend or remove it"):
        score(write(tmp_path), tmp_path)


def test_a_half_that_is_shared_is_not_more_than_a_half(tmp_path: Path):
    moment = {"start_time": 0, "end_time": 0.6, "label": "cut"}
    (tmp_path / "clip_annotations.json").write_text(json.dumps({"a": {"subset": "val", "annotations": [moment]}}))
    given = {"a": rows((0.2, 0.5, "cut", 1.0))}
    found = score(write(tmp_path, given, given), tmp_path)
    assert (found["recall@1x@0.3"], found["recall@1x@0.5"]) == (1, 0)


def test_annotations_in_another_layout_are_named(tmp_path: Path):
    (tmp_path / "clip_annotations.json").write_text('{"a": {"subset": "val", "annotations": [{}]}}')
    with pytest.raises(EgographError, match=r"clip_annotations.json: not in its layout"):
        score(write(tmp_path), tmp_path)
    (tmp_path / "clip_annotations.json").write_text('{"a": {"subset": "train", "annotations": []}}')
    with pytest.raises(EgographError, match=r"clip_annotations.json: no moments in its subset val"):
        score(write(tmp_path), tmp_path)

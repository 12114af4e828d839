"""EPIC-KITCHENS-100 action anticipation."""

from pathlib import Path

import pytest

from egograph.errors import EgographError
from egograph.metrics.epic_anticipation import score
from tests.metrics.epic_files import entry, perfect, segment, write_annotations, write_submission

SEGMENTS = (
    segment(0, 0, 0),
    segment(1, 0, 0),
    segment(2, 0, 1),
    segment(3, 10, 1),  # tail verb
    segment(4, 0, 51, "P18"),  # tail noun, unseen
    segment(5, 10, 51, "P18"),
)
MISS = [90, 91, 92, 93, 94]
RESULTS = {
    "P01_101_0": entry([0], [0]),
    "P01_101_1": entry([*MISS, 0], [1, 2, 3, 4, 0]),  # verb sixth, noun fifth
    "P01_101_2": entry([0], [*MISS, 1]),
    "P01_101_3": entry([10], [1]),
    "P18_101_4": entry([*MISS, 0], [51]),
    "P18_101_5": entry([1, 2, 3, 4, 10], [*MISS, 51]),
}


def write(folder: Path, results: dict) -> tuple[Path, Path]:
    annotations = write_annotations(folder / "annotations", SEGMENTS)
    return write_submission(folder / "p.json", "action_anticipation", results), annotations


def test_recalls_by_hand(tmp_path: Path):
    found = score(*write(tmp_path, RESULTS))
    # Verb 0 is in the first five of 2 of 4 segments, verb 10 of 2 of 2; noun 0 of 2 of 2, 1 of 1 of 2, 51 of 1 of 2.
    # Action (0, 0) of 1 of 2, (10, 1) of 1 of 1, (0, 1), (0, 51) and (10, 51) of none.
    assert found == pytest.approx(
        {
            "overall_verb_mt5r": 100 * (2 / 4 + 1) / 2,
            "overall_noun_mt5r": 100 * (1 + 1 / 2 + 1 / 2) / 3,
            "overall_action_mt5r": 100 * (1 / 2 + 1 + 0 + 0 + 0) / 5,
            "unseen_verb_mt5r": 100 * (0 + 1) / 2,
            "unseen_noun_mt5r": 50.0,
            "unseen_action_mt5r": 0.0,
            "tail_verb_mt5r": 100.0,
            "tail_noun_mt5r": 50.0,
            "tail_action_mt5r": 100 * (1 + 0 + 0) / 3,
        },
        abs=1e-9,
    )


def with_actions(results: dict, best: str) -> dict:
    rest = [f"{verb},{noun}" for verb in range(20, 30) for noun in range(200, 210)]
    actions = {key: -float(place) for place, key in enumerate([*rest[:5], best, *rest[5:99]])}
    actions[best] = 7.0
    return {name: value | {"action": actions} for name, value in results.items()}


def test_actions_of_the_submission_are_ranked_by_its_own_scores(tmp_path: Path):
    found = score(*write(tmp_path, with_actions(RESULTS, "0,51")))
    assert found["overall_action_mt5r"] == pytest.approx(100 / 5)
    assert found["unseen_action_mt5r"] == pytest.approx(100 / 2)
    assert found["overall_verb_mt5r"] == pytest.approx(75)


def test_perfect_predictions_give_100_and_the_order_of_rows_changes_nothing(tmp_path: Path):
    assert set(score(*write(tmp_path, perfect(SEGMENTS))).values()) == {100.0}
    assert score(*write(tmp_path, dict(reversed(RESULTS.items())))) == score(*write(tmp_path, RESULTS))


def few(results: dict) -> dict:
    del results["P18_101_5"]["action"]["20,200"]
    return results


def some(results: dict) -> dict:
    del results["P01_101_0"]["action"], results["P01_101_1"]["action"]
    return results


NO_ACTION = "no action of two class ids, or its score not a finite number"


@pytest.mark.parametrize(
    ("results", "message"),
    [
        (some(with_actions(RESULTS, "0,51")), "not 100 action scores: P01_101_0 and 1 more"),
        (few({k: v | {"action": dict(v["action"])} for k, v in with_actions(RESULTS, "0,51").items()}),
         "not 100 action scores: P18_101_5; give 100 scores a segment"),
        (with_actions(RESULTS, "0,300"), f"{NO_ACTION}: P01_101_0 0,300 and 5 more"),
        (with_actions(RESULTS, "020,200"), "an action twice, written in two ways: P01_101_0 and 5 more"),
        (with_actions(RESULTS, "0"), f"{NO_ACTION}: P01_101_0 0 and 5 more"),
    ],
)  # fmt: skip
def test_actions_that_do_not_fit_are_refused(tmp_path: Path, results: dict, message: str):
    with pytest.raises(EgographError) as caught:
        score(*write(tmp_path, results))
    assert message in str(caught.value)

"""EPIC-KITCHENS-100 action recognition."""

from collections.abc import Callable
from pathlib import Path

import pytest

from egograph.errors import EgographError
from egograph.metrics.epic_recognition import score
from egograph.metrics.epic_truth import VERBS
from tests.metrics.epic_files import entry, perfect, segment, write_annotations, write_submission

SEGMENTS = (
    segment(0, 0, 0),
    segment(1, 1, 2),
    segment(2, 10, 3),  # tail verb
    segment(3, 0, 51, "P18"),  # tail noun, unseen
)
RESULTS = {
    "P01_101_0": entry([0], [0]),  # all right
    "P01_101_1": entry([5, 6, 7, 8, 1], [2]),  # verb fifth
    "P01_101_2": entry([10], [4, 5, 6, 7, 8, 3]),  # noun sixth
    "P18_101_3": entry([1, 0], [50, 51]),  # both second
}


def write(folder: Path, results: dict = RESULTS, other: dict | None = None) -> tuple[Path, Path]:
    annotations = write_annotations(folder / "annotations", SEGMENTS)
    return write_submission(folder / "p.json", "action_recognition", results, other), annotations


def test_accuracies_by_hand(tmp_path: Path):
    found = score(*write(tmp_path))
    assert found == pytest.approx(
        {
            "all_verb_accuracy_at_1": 50.0,
            "all_verb_accuracy_at_5": 100.0,
            "all_noun_accuracy_at_1": 50.0,
            "all_noun_accuracy_at_5": 75.0,
            "all_action_accuracy_at_1": 25.0,
            # Logits fall by 1 a rank, so sums rank actions: (1, 2) is fifth; (0, 51) of ranks 2 + 2 is behind
            # (1, 50), (0, 50), (1, 51) and those with a third class, which are far behind: fourth.
            "all_action_accuracy_at_5": 75.0,
            "unseen_verb_accuracy_at_1": 0.0,
            "unseen_noun_accuracy_at_1": 0.0,
            "unseen_action_accuracy_at_1": 0.0,
            "tail_verb_accuracy_at_1": 100.0,
            "tail_noun_accuracy_at_1": 0.0,
            "tail_action_accuracy_at_1": 0.0,
        },
        abs=1e-9,
    )


def test_perfect_predictions_give_100_in_any_order(tmp_path: Path):
    results = perfect(SEGMENTS)
    found = score(*write(tmp_path, results))
    assert set(found.values()) == {100.0}
    assert score(*write(tmp_path, dict(reversed(results.items())))) == found


def test_the_order_of_rows_changes_nothing(tmp_path: Path):
    assert score(*write(tmp_path, dict(reversed(RESULTS.items())))) == score(*write(tmp_path))


def test_a_subset_without_segments_has_no_accuracy(tmp_path: Path):
    annotations = write_annotations(tmp_path / "annotations", SEGMENTS[:2])
    file = write_submission(tmp_path / "p.json", "action_recognition", perfect(SEGMENTS[:2]))
    assert {name.partition("_")[0] for name in score(file, annotations)} == {"all"}


def without(key: str, **changed: float) -> dict[str, float]:
    verbs = entry([0], [0])["verb"] | changed
    return {name: value for name, value in verbs.items() if name != key}


NARRATION_IDS = "give exactly the 4 of the annotations"


@pytest.mark.parametrize(
    ("results", "other", "message"),
    [
        ({}, {"version": "0.1"}, 'version is \'0.1\'; give "version": "0.2"'),
        ({}, {"version": None}, 'version is None; give "version": "0.2"'),
        ({}, {"challenge": "action_detection"}, "challenge is 'action_detection'; give"),
        ({}, {"sls_tl": 6}, "sls_tl is 6; give the supervision level, 0 … 5"),
        ({}, {"results": []}, "no 'results' object"),
        ({"P01_101_0": None, "P18_101_3": None}, {}, f"narration ids missing: P01_101_0 and 1 more; {NARRATION_IDS}"),
        ({"P01_99_0": {}}, {}, f"unknown narration ids: P01_99_0; {NARRATION_IDS}"),
        ({"P01_101_1": {"noun": {}}}, {}, "no verb scores: P01_101_1; give one score for each class 0 … 96"),
        ({"P01_101_1": {"verb": without("96")}}, {}, "class missing: P01_101_1 verb 96; give one score"),
        (
            {"P01_101_1": {"verb": without("", **{"97": 1.0, "x": 0})}},
            {},
            "unknown class: P01_101_1 verb 97 and 1 more",
        ),
        (
            {"P01_101_1": entry([0], [0]) | {"noun": entry([0], [0])["noun"] | {"7": float("nan"), "9": "1"}}},
            {},
            "score not a finite number: P01_101_1 noun 7 and 1 more; give one score for each class 0 … 299",
        ),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path: Path, results: dict, other: dict, message: str):
    changed = {name: value for name, value in (RESULTS | results).items() if value is not None}
    with pytest.raises(EgographError) as caught:
        score(*write(tmp_path, changed, other))
    assert str(caught.value).startswith(f"{tmp_path / 'p.json'}: {message}")
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there_are_named(tmp_path: Path):
    file, annotations = write(tmp_path)
    for path, rest in ((annotations / "EPIC_100_tail_verbs.csv", (file,)), (file, ())):
        path.unlink()
        with pytest.raises(EgographError, match=f"{path}: no such file"):
            score(file if not rest else rest[0], write_annotations(annotations, SEGMENTS) if not rest else annotations)


def test_files_that_say_too_much_or_nothing_are_refused(tmp_path: Path):
    file, annotations = write(tmp_path)
    text = file.read_text()
    for content, said in (
        (text.replace('"sls_pt"', '"sls_tl": 1, "sls_pt"', 1), "no JSON (the key 'sls_tl' twice); give an EPIC"),
        (text.replace('"sls_pt"', '"sls"', 1), "no sls_pt; give the supervision level"),
        ("[" * 100_000, "nested too deeply; give an EPIC-KITCHENS-100 submission"),
    ):
        file.write_text(content)
        with pytest.raises(EgographError) as caught:
            score(file, annotations)
        assert str(caught.value).startswith(f"{file}: {said}")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda rows: rows[:1], "no segments; give the official file"),
        (
            lambda rows: [rows[0].replace(b"_class", b"_id").replace(b",narration,", b",said,"), *rows[1:]],
            "P01_101_0 and 3 more of no verb below 97",
        ),
        (lambda rows: [rows[0], rows[1].replace(b",0,", b",97,", 1), *rows[2:]], "P01_101_0 of no verb below 97"),
        (lambda _: [b"\xff\xfe\x00"], "no CSV ('utf-8' codec can't decode byte 0xff"),
    ],
)
def test_a_truth_without_labels_is_refused(tmp_path: Path, content: Callable[[list[bytes]], list[bytes]], said: str):
    file, annotations = write(tmp_path)
    path = annotations / "EPIC_100_validation.csv"
    path.write_bytes(b"".join(content(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(EgographError) as caught:
        score(file, annotations)
    assert str(caught.value).startswith(f"{path}: {said}")


def test_there_are_as_many_classes_as_the_official_lists_have(tmp_path: Path):
    assert len(RESULTS["P01_101_0"]["verb"]) == VERBS == 97

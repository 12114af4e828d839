"""Ego4D long-term anticipation."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from egograph.errors import EgographError
from egograph.metrics.ego4d_lta import edit_distances, score

VERBS, NOUNS = 12, 30


def write_annotations(folder: Path, clips: dict[str, list[tuple[int, int, int]]]) -> Path:
    """Clips of actions (action_idx, verb, noun)."""
    entries = [
        {"clip_uid": clip, "action_idx": number, "verb_label": verb, "noun_label": noun}
        for clip, actions in clips.items()
        for number, verb, noun in actions
    ]
    entries.reverse()  # the order in the file says nothing
    (folder / "fho_lta_val.json").write_text(json.dumps({"version": "v2", "split": "val", "clips": entries}))
    taxonomy = {"verbs": [f"v{i}" for i in range(VERBS)], "nouns": [f"n{i}" for i in range(NOUNS)]}
    (folder / "fho_lta_taxonomy.json").write_text(json.dumps(taxonomy))
    return folder


def write(folder: Path, content: Any) -> Path:
    path = folder / "outputs.json"
    path.write_text(json.dumps(content))
    return path


def actions(count: int, verb: int = 0, noun: int = 0, hole: int = 0) -> list[tuple[int, int, int]]:
    """One action after the other; `hole` numbers are left out after the third."""
    return [(i + (hole if i >= 3 else 0), verb, noun) for i in range(count)]


def tries(*rows: list[int]) -> list[list[int]]:
    """Five sequences, the last repeated."""
    return [list(row) for row in (*rows, *[rows[-1]] * (5 - len(rows)))]


def test_the_distance_is_levenshteins():
    first = np.array([[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], [2, 1, 3, 4]])
    second = np.array([[1, 2, 3, 4], [2, 3, 4, 5], [9, 9, 9, 9], [1, 2, 3, 4]])
    # A shift costs two edits from the second entry on; swapping two neighbours costs two as well.
    assert edit_distances(first, second).tolist() == [[0, 0, 0, 0], [1, 2, 2, 2], [1, 2, 3, 4], [1, 2, 2, 2]]


def test_ids_are_those_of_the_last_observed_action_behind_holes(tmp_path: Path):
    annotations = write_annotations(tmp_path, {"a": actions(25, hole=7), "b": actions(24), "c": actions(23)})
    right = {"verb": tries([0] * 20), "noun": tries([0] * 20)}
    found = score(write(tmp_path, {"a_10": right, "a_11": right, "b_3": right}), annotations, observed=4)
    assert set(found.values()) == {0.0}
    assert len(found) == 3 * 21
    with pytest.raises(EgographError, match=r"clip ids missing: b_3 and 2 more; give exactly the 3"):
        score(write(tmp_path, {}), annotations, observed=4)
    with pytest.raises(EgographError, match=r"no clip of 8 \+ 20 actions"):
        score(write(tmp_path, {}), annotations, observed=8)


def test_distances_by_hand(tmp_path: Path):
    annotations = write_annotations(tmp_path, {"a": actions(24, verb=1, noun=2)})
    late = [1] * 10 + [3] * 10  # right for ten actions
    early = [3] * 10 + [1] * 10  # right from then on
    found = score(write(tmp_path, {"a_3": {"verb": tries(early, late), "noun": tries([2] * 20)}}), annotations, 4)
    verb = [0.0] * 10 + [(z + 1 - 10) / (z + 1) for z in range(10, 20)]  # `late` is the better of the two at every z
    assert [found[f"verb_ED_{z}"] for z in range(20)] == pytest.approx(verb, abs=1e-12)
    assert found["verb_AUED"] == pytest.approx((sum(verb) - verb[0] / 2 - verb[-1] / 2) / 19, abs=1e-12)
    assert found["noun_AUED"] == 0
    assert found["action_AUED"] == pytest.approx(found["verb_AUED"])


def test_the_best_of_five_is_chosen_for_each_length_and_each_task(tmp_path: Path):
    annotations = write_annotations(tmp_path, {"a": actions(24)})
    short, long = [0, 0] + [5] * 18, [5] * 4 + [0] * 16
    given = {"verb": tries(short, long), "noun": tries([0] * 20, [7] * 20)}
    found = score(write(tmp_path, {"a_3": given}), annotations, 4)
    assert found["verb_ED_1"] == 0  # of `short`
    assert found["verb_ED_19"] == pytest.approx(4 / 20)  # of `long`
    assert found["noun_ED_19"] == 0
    # Pairs are of one try: the second's nouns are all wrong, so that only the first counts.
    assert found["action_ED_19"] == pytest.approx(18 / 20)


def test_the_mean_is_over_the_examples(tmp_path: Path):
    annotations = write_annotations(tmp_path, {"a": actions(24), "b": actions(24, verb=1)})
    given = {"verb": tries([0] * 20), "noun": tries([0] * 20)}
    found = score(write(tmp_path, {"b_3": given, "a_3": given}), annotations, 4)
    assert found["verb_ED_19"] == found["action_ED_19"] == 0.5
    assert found["verb_AUED"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "verb",
    [None, tries([0] * 19), tries([0] * 20)[:4], tries([VERBS] * 20), tries([0.5] * 20), tries([-1] * 20), [7] * 5],
)
def test_sequences_that_do_not_fit_are_refused(tmp_path: Path, verb: Any):
    annotations = write_annotations(tmp_path, {"a": actions(24)})
    file = write(tmp_path, {"a_3": {"verb": verb, "noun": tries([0] * 20)}})
    with pytest.raises(EgographError, match=r"no 5 x 20 verb ids: a_3; give 5 lists of 20 class ids 0 … 11"):
        score(file, annotations, 4)


def test_an_action_that_is_annotated_twice_counts_twice(tmp_path: Path):
    annotations = write_annotations(tmp_path, {"a": [(3, 5, 5), *actions(24)], "b": actions(24)})
    right = {"verb": tries([0] * 20), "noun": tries([0] * 20)}
    found = score(write(tmp_path, {"a_3": right, "b_3": right}), annotations, 4)
    assert found["verb_ED_19"] == pytest.approx((1 / 20 + 0 + 0) / 3)


def test_a_truth_that_the_taxonomy_lacks_is_named(tmp_path: Path):
    annotations = write_annotations(tmp_path, {"a": actions(24, noun=NOUNS)})
    with pytest.raises(EgographError, match=r"a, action 23: an unknown noun class; give the taxonomy"):
        score(write(tmp_path, {}), annotations, 4)


def test_annotations_in_another_layout_are_named(tmp_path: Path):
    annotations = write_annotations(tmp_path, {"a": actions(24)})
    (annotations / "fho_lta_val.json").write_text('{"clips": [{"clip_uid": "a"}]}')
    with pytest.raises(EgographError, match=r"fho_lta_val.json: not in its layout \(KeyError\('action_idx'\)\)"):
        score(write(tmp_path, {}), annotations, 4)

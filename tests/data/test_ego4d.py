import json
from pathlib import Path
from typing import Any

import pytest

from egograph.data.ego4d import Moment, read_actions, read_moments, read_taxonomy
from egograph.data.faults import Faults
from egograph.errors import EgographError


def action(number: int, clip: str = "a", **changed: Any) -> dict[str, Any]:
    entry = {
        "video_uid": "v",
        "clip_uid": clip,
        "clip_parent_start_sec": 100.0,
        "action_idx": number,
        "action_clip_start_sec": number * 2.0,
        "action_clip_end_sec": number * 2.0 + 1.5,
        "verb": "cut",
        "noun": "onion",
        "verb_label": 3,
        "noun_label": 7,
    }
    return {key: value for key, value in (entry | changed).items() if value is not None}


def write(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "fho_lta_val.json"
    path.write_text(json.dumps({"version": "v2", "split": "val", "clips": entries}))
    return path


def taxonomy(folder: Path) -> Path:
    path = folder / "fho_lta_taxonomy.json"
    path.write_text(json.dumps({"verbs": [f"v{i}" for i in range(5)], "nouns": [f"n{i}" for i in range(9)]}))
    return path


def test_actions_come_clip_by_clip_in_order_with_times_of_the_whole_video(tmp_path: Path):
    path = write(tmp_path, action(12), action(1, clip="b"), action(2))
    found = read_actions(path)
    assert [row.narration_id for row in found] == ["a_2", "a_12", "b_1"]
    assert (found[0].video, found[0].start, found[0].stop) == ("v", 104.0, 105.5)
    assert (found[0].verb, found[0].noun, found[0].narration) == (3, 7, "cut onion")


def test_the_test_set_has_no_labels(tmp_path: Path):
    [found] = read_actions(write(tmp_path, action(0, verb=None, noun=None, verb_label=None, noun_label=None)))
    assert (found.verb, found.noun, found.narration) == (-1, -1, "")


def test_what_is_wrong_is_counted_and_left_out(tmp_path: Path):
    classes = read_taxonomy(taxonomy(tmp_path))
    path = write(
        tmp_path,
        action(0),
        action(1, action_clip_end_sec=0.5),
        action(2, verb_label=5),
        action(3, noun_label=9),
        action(4, action_idx="x"),
        action(5, video_uid=None),
    )
    faults = Faults(strict=False)
    assert [row.narration_id for row in read_actions(path, faults, classes)] == ["a_0"]
    assert {kind: found.count for kind, found in faults.dropped.items()} == {
        "stops at or before its start": 1,
        "an unknown verb class": 1,
        "an unknown noun class": 1,
        "a key that is absent or can't be read": 2,
    }
    with pytest.raises(EgographError, match=r"fho_lta_val.json, clips\[1\]: stops at or before its start"):
        read_actions(path, Faults(), classes)


def test_other_files_are_refused(tmp_path: Path):
    path = tmp_path / "x.json"
    path.write_text("{}")
    with pytest.raises(EgographError, match=r"x.json: no list 'clips'; give Ego4D's fho_lta_\*.json"):
        read_actions(path)
    with pytest.raises(EgographError, match=r"x.json: no lists 'verbs' and 'nouns'"):
        read_taxonomy(path)
    with pytest.raises(EgographError, match=r"y.json: no such file"):
        read_actions(tmp_path / "y.json")


def moments(folder: Path, *labels: dict[str, Any]) -> Path:
    clip = {"clip_uid": "c", "video_start_sec": 50.0, "annotations": [{"annotator_uid": "x", "labels": list(labels)}]}
    path = folder / "moments_val.json"
    path.write_text(json.dumps({"version": "v2", "videos": [{"video_uid": "v", "clips": [clip]}]}))
    return path


WASHING = {"start_time": 2.0, "end_time": 6.5, "label": "wash_hands", "primary": True}


def test_moments_have_times_of_the_whole_video(tmp_path: Path):
    path = moments(tmp_path, WASHING, WASHING | {"label": "clean_surface", "primary": False})
    first, second = read_moments(path)
    assert first == Moment("c", "v", 52.0, 56.5, "wash_hands", primary=True)
    assert (second.label, second.primary) == ("clean_surface", False)


def test_malformed_moments_are_counted_and_left_out(tmp_path: Path):
    backwards = WASHING | {"end_time": 1.0}
    unread = {key: value for key, value in WASHING.items() if key != "label"}
    path = moments(tmp_path, backwards, WASHING, unread)
    faults = Faults(strict=False)
    assert len(read_moments(path, faults)) == 1
    assert faults.summary().startswith("2 left out: 1 × a key that is absent or can't be read")
    with pytest.raises(EgographError, match=r"clip c, annotations\[0\].labels\[0\]: stops at or before its start"):
        read_moments(path)


@pytest.mark.parametrize("content", [{"clips": []}, {"videos": [{"clips": 3}]}, {"videos": [{}]}])
def test_another_file_than_moments_is_refused(tmp_path: Path, content: Any):
    path = tmp_path / "moments_val.json"
    path.write_text(json.dumps(content))
    with pytest.raises(EgographError, match=r"give Ego4D's moments_\*.json"):
        read_moments(path)

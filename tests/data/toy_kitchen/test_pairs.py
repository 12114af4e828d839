"""The list of verb–noun pairs, and how a split's videos spread over it."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from egograph.data.classes import EPIC_NOUN_IDS, EPIC_VERB_IDS
from egograph.data.toy_kitchen.actions import HELD_OUT, NOUNS_OF, PAIRS, TRAIN_PAIRS, Pair
from egograph.data.toy_kitchen.splits import SPLITS
from egograph.data.toy_kitchen.video import plan_pairs
from egograph.data.toy_kitchen.write import orders


def test_there_is_enough_to_tell_apart() -> None:
    assert len(NOUNS_OF) >= 14
    assert len({noun for _, noun in PAIRS}) >= 14
    assert 70 <= len(TRAIN_PAIRS) <= 90
    assert len(HELD_OUT) >= 10


def test_names_are_epic_classes() -> None:
    assert set(NOUNS_OF) == set(EPIC_VERB_IDS)
    assert {noun for _, noun in PAIRS} == set(EPIC_NOUN_IDS)


def test_held_out_pairs_are_made_of_known_verbs_and_nouns() -> None:
    assert set(PAIRS) >= HELD_OUT
    assert {verb for verb, _ in HELD_OUT} <= {verb for verb, _ in TRAIN_PAIRS}
    assert {noun for _, noun in HELD_OUT} <= {noun for _, noun in TRAIN_PAIRS}


def test_pairs_make_sense_to_epic_annotators(shared_data: Path) -> None:
    with (shared_data / "epic100" / "EPIC_100_train.csv").open(newline="") as file:
        said = Counter((int(row["verb_class"]), int(row["noun_class"])) for row in csv.DictReader(file))
    counts = [said[EPIC_VERB_IDS[verb], EPIC_NOUN_IDS[noun]] for verb, noun in PAIRS]
    assert min(counts) >= 1
    assert sum(count >= 5 for count in counts) >= 0.95 * len(PAIRS)


def planned(split: str, videos: int) -> list[list[Pair]]:
    orders_ = orders(SPLITS[split], videos, seed=0)
    return [plan_pairs(one.seed, SPLITS[split], one.seconds, dict(one.wanted)) for one in orders_]


@pytest.fixture(scope="module")
def train() -> list[list[Pair]]:
    return planned("train", 140)


def test_train_reaches_every_pair_but_those_held_out(train: list[list[Pair]]) -> None:
    assert {pair for video in train for pair in video} == set(TRAIN_PAIRS)


def test_verbs_are_about_equally_frequent(train: list[list[Pair]]) -> None:
    verbs = Counter(verb for video in train for verb, _ in video)
    assert set(verbs) == set(NOUNS_OF)
    assert max(verbs.values()) < 3.0 * min(verbs.values())


def test_a_video_has_a_handful_of_actions(train: list[list[Pair]]) -> None:
    assert min(len(video) for video in train) >= 3
    assert 4.5 < sum(len(video) for video in train) / len(train) < 7.0


def test_every_video_of_the_pair_shift_has_a_held_out_pair() -> None:
    assert all(HELD_OUT & set(video) for video in planned("shift_pairs", 15))


@pytest.mark.parametrize("split", ["val", "shift_look", "shift_camera"])
def test_no_other_split_has_one(split: str) -> None:
    assert not any(HELD_OUT & set(video) for video in planned(split, 10))

from pathlib import Path

import pytest

from egograph.data.classes import EPIC_NOUN_IDS, EPIC_VERB_IDS, TOY_KITCHEN, Vocabulary
from egograph.errors import EgographError


def test_names_and_indices_go_both_ways() -> None:
    vocabulary = Vocabulary(("take", "put"), ("knife", "pan", "onion"))
    assert [vocabulary.verb_index(verb) for verb in vocabulary.verbs] == [0, 1]
    assert vocabulary.noun_index("onion") == 2


def test_an_unknown_name_is_told() -> None:
    with pytest.raises(EgographError, match="noun 'spoon'"):
        Vocabulary(("take",), ("knife",)).noun_index("spoon")


def test_a_class_cannot_be_listed_twice() -> None:
    with pytest.raises(EgographError, match="verb 'take' is listed twice"):
        Vocabulary(("take", "put", "take"), ("knife",))


def test_toy_classes_have_their_official_ids(shared_data: Path) -> None:
    folder = shared_data / "epic100"
    official = Vocabulary.from_csv(folder / "EPIC_100_verb_classes.csv", folder / "EPIC_100_noun_classes.csv")
    assert (len(official.verbs), len(official.nouns)) == (97, 300)
    assert {verb: official.verb_index(verb) for verb in TOY_KITCHEN.verbs} == EPIC_VERB_IDS
    assert {noun: official.noun_index(noun) for noun in TOY_KITCHEN.nouns} == EPIC_NOUN_IDS


def test_class_lists_out_of_order_are_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "verbs.csv"
    path.write_text("id,key,instances,category\n0,take,[],x\n2,put,[],x\n")
    with pytest.raises(EgographError, match=r"verbs.csv, line 3: id 2 where 1 was due"):
        Vocabulary.from_csv(path, path)

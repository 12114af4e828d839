"""Verb and noun classes: the one place for class lists, numbered as in EPIC-KITCHENS-100."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from egograph.errors import EgographError

# Ids and keys of EPIC_100_verb_classes.csv and EPIC_100_noun_classes.csv (https://github.com/epic-kitchens/
# epic-kitchens-100-annotations), those that the toy kitchen uses.
EPIC_VERB_IDS: Mapping[str, int] = MappingProxyType(
    {
        "take": 0,
        "put": 1,
        "wash": 2,
        "open": 3,
        "close": 4,
        "insert": 5,
        "turn-on": 6,
        "cut": 7,
        "turn-off": 8,
        "pour": 9,
        "mix": 10,
        "move": 11,
        "remove": 12,
        "throw": 13,
        "shake": 15,
        "squeeze": 18,
        "peel": 19,
    }
)
EPIC_NOUN_IDS: Mapping[str, int] = MappingProxyType(
    {
        "tap": 0,
        "spoon": 1,
        "plate": 2,
        "cupboard": 3,
        "knife": 4,
        "pan": 5,
        "lid": 6,
        "bowl": 7,
        "drawer": 8,
        "sponge": 9,
        "fridge": 12,
        "cup": 13,
        "bottle": 15,
        "onion": 16,
        "board:chopping": 18,
        "box": 23,
        "hob": 24,
        "water": 27,
        "oil": 31,
        "bin": 36,
        "carrot": 41,
        "tomato": 43,
        "kettle": 44,
        "milk": 64,
    }
)


@dataclass(frozen=True)
class Vocabulary:
    """The verbs and nouns a model can say; a class index is the place in the tuple.

    Attributes:
        verbs: EPIC class keys, one a verb class.
        nouns: EPIC class keys, one a noun class.
    """

    verbs: tuple[str, ...]
    nouns: tuple[str, ...]

    def __post_init__(self) -> None:
        for what, names in (("verb", self.verbs), ("noun", self.nouns)):
            twice = {name for name in names if names.count(name) > 1}
            if twice:
                raise EgographError(f"vocabulary: {what} {min(twice)!r} is listed twice; give every class once")

    @classmethod
    def from_csv(cls, verb_csv: Path, noun_csv: Path) -> "Vocabulary":
        """All classes of the official class files, so that index and EPIC class id are the same.

        Raises:
            EgographError: a file is absent, lacks a column, or its ids are not 0, 1, 2, …
        """
        return cls(_read_keys(Path(verb_csv)), _read_keys(Path(noun_csv)))

    def verb_index(self, verb: str) -> int:
        """The class index of a verb.

        Raises:
            EgographError: the vocabulary lacks it.
        """
        return _index(self.verbs, verb, "verb")

    def noun_index(self, noun: str) -> int:
        """The class index of a noun.

        Raises:
            EgographError: the vocabulary lacks it.
        """
        return _index(self.nouns, noun, "noun")

    def fault(self, verb: int, noun: int) -> str:
        """Which of two class ids is none of these, in words; empty if both are. -1, no label, is right too."""
        for what, number, names in (("verb", verb, self.verbs), ("noun", noun, self.nouns)):
            if not -1 <= number < len(names):
                return f"an unknown {what} class"
        return ""


TOY_KITCHEN = Vocabulary(tuple(EPIC_VERB_IDS), tuple(EPIC_NOUN_IDS))


def _index(names: tuple[str, ...], name: str, what: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise EgographError(f"{what} {name!r} is not one of the vocabulary's {len(names)}") from None


def _read_keys(path: Path) -> tuple[str, ...]:
    if not path.is_file():
        raise EgographError(f"{path}: no such file; give the official class list")
    keys: list[str] = []
    with path.open(newline="", encoding="utf-8") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            if not row.get("id") or not row.get("key"):
                raise EgographError(f"{path}, line {line}: lacks 'id' or 'key'; give the official class list")
            if row["id"] != str(len(keys)):
                raise EgographError(f"{path}, line {line}: id {row['id']} where {len(keys)} was due; sort by id")
            keys.append(row["key"])
    return tuple(keys)

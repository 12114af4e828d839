"""The toy kitchen's models and splits, as the report asks for them."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import product

from egograph.data.classes import Vocabulary
from egograph.data.toy_kitchen.actions import HELD_OUT
from egograph.errors import EgographError
from egograph.evaluation.competence.clips import ClipSubject
from egograph.evaluation.competence.eyes import Eyes, same_eyes
from egograph.evaluation.competence.report import GRAPH, WITHOUT
from egograph.model import EgoGraph
from egograph.training.dataset import Split

log = logging.getLogger("egograph")

_TAIL = 0.2  # of all actions, as EPIC-KITCHENS-100 has it


def toy_subjects(
    model: EgoGraph, without: EgoGraph | None, splits: Mapping[str, Split], frames: int
) -> dict[str, dict[str, ClipSubject]]:
    """By split, the model and the one without graph, if there is one; of equal eyes, one pair sees for both.

    The rare classes are those of the first split's own actions, as its scripts are drawn like those of training.

    Raises:
        EgographError: the two take frames of different sizes, or a split has no action.
    """
    if without is not None and without.encoder.preprocess != model.encoder.preprocess:
        raise EgographError("without_graph: its encoder takes frames of another size than the model's; train it alike")
    first = next(iter(splits.values()))
    subsets = {"unseen verb–noun pairs": _held_out(model.vocabulary), "tail classes": _tail(first, model.vocabulary)}
    found = {}
    for name, split in splits.items():
        eyes = Eyes(model, split.store)
        found[name] = {GRAPH: ClipSubject(model, eyes, split, frames, subsets)}
        if without is not None:
            others = eyes if same_eyes(model, without) else Eyes(without, split.store)
            if others is not eyes:
                log.warning("the model without graph has other eyes: it is asked on the nodes that it finds itself")
            found[name][WITHOUT] = ClipSubject(without, others, split, frames, subsets)
    return found


def _held_out(vocabulary: Vocabulary) -> set[tuple[int, int]]:
    return {(vocabulary.verbs.index(verb), vocabulary.nouns.index(noun)) for verb, noun in HELD_OUT}


def _tail(split: Split, vocabulary: Vocabulary) -> set[tuple[int, int]]:
    """Pairs of a rare verb or a rare noun: the rarest classes that make a fifth of all actions."""
    verbs = rare(verb for truth in split.truths for verb in truth.verb.tolist())
    nouns = rare(noun for truth in split.truths for noun in truth.segment_noun.tolist())
    pairs = product(range(len(vocabulary.verbs)), range(len(vocabulary.nouns)))
    return {(verb, noun) for verb, noun in pairs if verb in verbs or noun in nouns}


def rare(labels: Iterable[int]) -> set[int]:
    """The rarest classes that together make at most a fifth of the labels."""
    count = Counter(labels)
    found, seen = set(), 0
    for label, times in reversed(count.most_common()):
        seen += times
        if seen > _TAIL * count.total():
            break
        found.add(label)
    return found

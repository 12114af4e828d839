"""From a recognised clip to its ActionLabel."""

from collections.abc import Sequence

import torch
from torch import Tensor

from egograph.data.classes import Vocabulary
from egograph.graph.triplets import carrying_triplets
from egograph.label import ActionLabel, Ranked
from egograph.nn.calibration import Judgement
from egograph.nn.recogniser import Recognition

_RANKED = 5


def action_label(
    recognition: Recognition,
    judgement: Judgement,
    vocabulary: Vocabulary,
    *,
    stream: str,
    clip: int,
    start: float,
    stop: float,
    age_ms: int,
) -> ActionLabel:
    """The label of the one clip that was recognised.

    The action is the pair of verb and noun; its probability is the product of theirs, as in the EPIC-KITCHENS-100
    benchmark.
    """
    verb, noun = judgement.verb[0], judgement.noun[0]
    top5 = {
        "verb": _rank(verb, vocabulary.verbs),
        "noun": _rank(noun, vocabulary.nouns),
        "action": _rank_pairs(verb, noun, vocabulary),
    }
    best = {part: ranked[0] for part, ranked in top5.items()}
    return ActionLabel(
        stream=stream,
        clip=clip,
        start=start,
        stop=stop,
        verb=best["verb"][0],
        verb_p=best["verb"][1],
        noun=best["noun"][0],
        noun_p=best["noun"][1],
        action=best["action"][0],
        action_p=best["action"][1],
        top5=top5,
        confidence=float(judgement.confidence[0]),
        abstain=bool(judgement.abstain[0]),
        age_ms=age_ms,
        triplets=carrying_triplets(recognition.graph, recognition.attention, vocabulary.nouns),
    )


def _rank(probability: Tensor, names: Sequence[str]) -> Ranked:
    top = probability.topk(min(_RANKED, len(names)))
    return tuple((names[i], p) for p, i in zip(top.values.tolist(), top.indices.tolist(), strict=True))


def _rank_pairs(verb: Tensor, noun: Tensor, vocabulary: Vocabulary) -> Ranked:
    joint = torch.outer(verb, noun).flatten()
    top = joint.topk(min(_RANKED, len(joint)))
    pairs = [divmod(i, len(vocabulary.nouns)) for i in top.indices.tolist()]
    names = [f"{vocabulary.verbs[v]} {vocabulary.nouns[n]}" for v, n in pairs]
    return tuple(zip(names, top.values.tolist(), strict=True))

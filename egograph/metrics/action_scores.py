"""Actions from separate verb and noun scores, as EPIC-KITCHENS-100's challenges combine them."""

import numpy as np
from numpy.typing import NDArray

from egograph.metrics.epic_truth import action_id

TOP = 100


def ranked(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """The columns of `[N, C]`, best first; of equal scores the last column, which the official code leaves open."""
    return scores.argsort(axis=-1, kind="stable")[:, ::-1]


def ranked_actions(verb: NDArray[np.float64], noun: NDArray[np.float64]) -> NDArray[np.int64]:
    """The ids `[N, ≤ 100]` of the best actions, best first.

    The 100 best verbs and the 100 best nouns are made probabilities by a softmax each, their products ranked, the best
    100 kept. The softmax is over a segment's scores, not over those of all segments at once as in the official code of
    the recognition challenge, where it comes to 0 for most if logits are large. Products that are equal, as where both
    come to 0, are ranked by the sum of their logits.

    Args:
        verb: scores `[N, V]`.
        noun: scores `[N, M]`.
    """
    best_verb, best_noun = ranked(verb)[:, :TOP], ranked(noun)[:, :TOP]
    verb_score, noun_score = np.take_along_axis(verb, best_verb, 1), np.take_along_axis(noun, best_noun, 1)
    # Of the products of two falling rows, the one at (i, j) has (i + 1)(j + 1) - 1 before it that are not smaller.
    place = np.indices((best_verb.shape[1], best_noun.shape[1])).reshape(2, -1)
    i, j = place[:, (place + 1).prod(axis=0) <= TOP]
    product = _softmax(verb_score)[:, i] * _softmax(noun_score)[:, j]
    order = np.lexsort((verb_score[:, i] + noun_score[:, j], product), axis=-1)[:, ::-1][:, :TOP]
    return np.take_along_axis(action_id(best_verb[:, i], best_noun[:, j]), order, 1)


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    weight = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)

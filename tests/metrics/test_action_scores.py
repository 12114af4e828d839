"""Actions ranked from verb and noun scores."""

import numpy as np

from egograph.metrics.action_scores import ranked_actions


def all_products(verb: np.ndarray, noun: np.ndarray) -> np.ndarray:
    """Softmaxes of the 100 best of each, all products, the best 100."""
    best_verb, best_noun = np.argsort(verb)[::-1][:100], np.argsort(noun)[::-1][:100]
    p, q = np.exp(verb[best_verb]), np.exp(noun[best_noun])
    products = np.outer(p / p.sum(), q / q.sum())
    order = np.argsort(products, axis=None)[::-1][:100]
    i, j = np.unravel_index(order, products.shape)
    return best_verb[i] * 300 + best_noun[j]


def test_the_best_hundred_of_all_products_are_found():
    rng = np.random.default_rng(0)
    verb, noun = rng.normal(size=(20, 97)) * 3, rng.normal(size=(20, 300)) * 3
    found = ranked_actions(verb, noun)
    assert found.shape == (20, 100)
    for row in range(20):
        assert found[row].tolist() == all_products(verb[row], noun[row]).tolist()


def test_a_row_does_not_hang_on_the_others():
    rng = np.random.default_rng(1)
    verb, noun = rng.normal(size=(4, 97)), rng.normal(size=(4, 300))
    alone = ranked_actions(verb[:1], noun[:1])
    verb[1:] += 2000  # a softmax over all rows would leave nothing of the first
    assert ranked_actions(verb, noun)[:1].tolist() == alone.tolist()


def test_large_logits_keep_their_order():
    verb, noun = np.zeros((1, 97)), np.zeros((1, 300))
    verb[0, [3, 5]] = 4000, 2000
    noun[0, [7, 9]] = 5000, 4000
    # Next to (3, 7) every probability comes to 0 in float64; the logits still say which is likelier.
    assert ranked_actions(verb, noun)[0, :4].tolist() == [3 * 300 + 7, 3 * 300 + 9, 5 * 300 + 7, 5 * 300 + 9]

"""Verbs and nouns as pairs."""

import pytest
import torch

from egograph.nn.action_prior import ActionPrior, noun_vectors, pointwise_mutual_information

PAIRS = torch.tensor([[8.0, 0.0, 2.0], [0.0, 5.0, 1.0]])


def logits() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return 3 * torch.randn(4, 2, generator=generator), 3 * torch.randn(4, 3, generator=generator)


def test_marginals_are_sums_over_all_pairs() -> None:
    prior, (verb, noun) = ActionPrior(PAIRS), logits()
    pair = prior.pair(verb, noun)
    torch.testing.assert_close(pair.exp().sum((1, 2)), torch.ones(4))
    for given, summed in zip(prior(verb, noun), (pair.logsumexp(2), pair.logsumexp(1)), strict=True):
        torch.testing.assert_close(given, summed)


def test_the_pair_loss_is_that_of_the_right_pairs() -> None:
    prior, (verb, noun) = ActionPrior(PAIRS), logits()
    right_verb, right_noun = torch.tensor([0, 1, 1, 0]), torch.tensor([2, 1, 0, 0])
    expected = -prior.pair(verb, noun)[torch.arange(4), right_verb, right_noun].mean()
    torch.testing.assert_close(prior.pair_loss(verb, noun, right_verb, right_noun), expected)


def test_what_goes_together_is_likelier_together() -> None:
    prior, even = ActionPrior(PAIRS), torch.zeros(1, 3)
    sure_of_first = torch.tensor([[9.0, 0.0]])
    assert int(prior(sure_of_first, even)[1].argmax()) == 0
    assert int(prior(torch.tensor([[0.0, 9.0]]), even)[1].argmax()) == 1


def test_information_is_positive_for_what_occurs_together_and_nothing_for_what_was_never_seen() -> None:
    pmi = pointwise_mutual_information(torch.cat([PAIRS, torch.zeros(1, 3)]))
    assert pmi[0, 0] > 0 > pmi[0, 1]
    assert pmi[2].tolist() == [0, 0, 0]
    assert pmi.isfinite().all()


def test_huge_logits_stay_finite() -> None:
    prior = ActionPrior(PAIRS)
    for scores in prior(torch.tensor([[1e4, -1e4]]), torch.tensor([[-1e4, 1e4, 0.0]])):
        assert scores.isfinite().all()


def test_nouns_that_are_used_alike_have_like_vectors() -> None:
    pairs = torch.tensor([[30.0, 28.0, 1.0, 0.0], [1.0, 2.0, 25.0, 30.0], [5.0, 4.0, 0.0, 1.0]])
    vectors = noun_vectors(pairs, dim=2)
    assert vectors.shape == (4, 3)
    apart = torch.cdist(vectors[:, :2], vectors[:, :2])
    assert apart[0, 1] < apart[0, 2]
    assert apart[2, 3] < apart[1, 3]
    assert vectors[:, 2].mean().abs() == pytest.approx(0, abs=1e-6)


def test_labels_that_say_nothing_make_finite_vectors() -> None:
    assert noun_vectors(torch.ones(2, 5), dim=16).isfinite().all()
    assert noun_vectors(torch.ones(2, 5), dim=16).shape == (5, 3)

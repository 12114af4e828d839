"""Which verbs go with which nouns: the training labels' co-occurrence in the action's score."""

import torch
from torch import Tensor, nn

_PSEUDO_PAIRS = 0.3  # of an unseen pair, times what independence expects
_STRONGEST = 7.0
_LEAST_DEVIATION = 1e-6


class ActionPrior(nn.Module):
    r"""Scores verb–noun pairs: :math:`s(v, n) = a_v + b_n + \lambda\,\mathrm{pmi}(v, n)`.

    The pointwise mutual information is that of all labels of the training set, smoothed towards independence; its
    weight is learned. Marginals over all pairs cost one matrix product, as the pairs' term is the same for all rows.

    Args:
        pairs: how often each verb goes with each noun, `[V, C]`.
    """

    pmi: Tensor

    def __init__(self, pairs: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.0))
        self.register_buffer("pmi", pointwise_mutual_information(pairs))

    def forward(self, verb: Tensor, noun: Tensor) -> tuple[Tensor, Tensor]:
        """Log-probabilities of verbs `[G, V]` and nouns `[G, C]`, summed over all pairs, from both's logits."""
        pairs = (self.weight * self.pmi).exp()
        verbs = verb + _log_product(noun, pairs.T)
        nouns = noun + _log_product(verb, pairs)
        return verbs.log_softmax(-1), nouns.log_softmax(-1)

    def pair(self, verb: Tensor, noun: Tensor) -> Tensor:
        """Log-probabilities of all pairs, `[G, V, C]`, from both's logits."""
        score = verb[:, :, None] + noun[:, None] + self.weight * self.pmi
        return score.flatten(1).log_softmax(-1).view_as(score)

    def pair_loss(self, verb: Tensor, noun: Tensor, right_verb: Tensor, right_noun: Tensor) -> Tensor:
        """The mean negative log-probability of the right pairs int64 `[G]`, without making all pairs."""
        row = torch.arange(len(verb), device=verb.device)
        score = verb[row, right_verb] + noun[row, right_noun] + self.weight * self.pmi[right_verb, right_noun]
        total = (verb + _log_product(noun, (self.weight * self.pmi).exp().T)).logsumexp(-1)
        return (total - score).mean()


def pointwise_mutual_information(pairs: Tensor) -> Tensor:
    """`log p(v, n) / (p(v) p(n))` of counts `[V, C]`, smoothed, at most 7 either way; 0 for classes never seen."""
    total = pairs.sum().clamp(min=1)
    expected = pairs.sum(1, keepdim=True) * pairs.sum(0, keepdim=True) / total
    seen = expected > 0
    ratio = (pairs + _PSEUDO_PAIRS * expected) / torch.where(seen, (1 + _PSEUDO_PAIRS) * expected, 1.0)
    return torch.where(seen, ratio.clamp(min=1e-9).log(), 0.0).clamp(-_STRONGEST, _STRONGEST)


def noun_vectors(pairs: Tensor, dim: int) -> Tensor:
    """What is done with each noun, `[C, dim + 1]`: its place in the verbs' co-occurrence, and how common it is.

    The factors of the pointwise mutual information with the largest singular values (Levy and Goldberg, NIPS 2014). A
    noun that few segments show is described by all that the labels say of it.

    Args:
        pairs: how often each verb goes with each noun, `[V, C]`.
        dim: factors; there are no more than verbs.
    """
    _, strength, nouns = torch.linalg.svd(pointwise_mutual_information(pairs))
    factors = nouns[: len(strength)][:dim].T * strength[:dim].sqrt()
    common = (pairs.sum(0) + 1).log()[:, None]
    common = common - common.mean()
    return torch.cat([part / part.std().clamp(min=_LEAST_DEVIATION) for part in (factors, common)], dim=1)


def _log_product(logits: Tensor, pairs: Tensor) -> Tensor:
    """`log(exp(logits) @ pairs)`, `[G, J]`."""
    highest = logits.amax(dim=-1, keepdim=True)
    return ((logits - highest).exp() @ pairs).clamp(min=1e-30).log() + highest

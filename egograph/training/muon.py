"""Muon: momentum whose every update is made orthogonal."""

from collections.abc import Iterable

import torch
from torch import Tensor

_MOMENTUM = 0.95
_ITERATIONS = 5
_QUINTIC = (3.4445, -4.7750, 2.0315)
_ADAM_RMS = 0.2


class Muon(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon) for matrices and convolution kernels.

    A kernel counts as a matrix with a row for each output channel (`torch.optim.Muon` takes no kernels). Updates are
    scaled to the size of AdamW's (Liu et al., arXiv 2502.16982), so that its learning rates and decays carry over.

    Args:
        params: weights with two dimensions or more.
        lr: learning rate.
        weight_decay: decoupled, as AdamW's.
    """

    def __init__(self, params: Iterable[Tensor], lr: float, weight_decay: float) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """Update every weight that has a gradient; closures, which the base class overloads for, are not taken."""
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["momentum"] = torch.zeros_like(weight)
                momentum = state["momentum"].lerp_(weight.grad, 1 - _MOMENTUM)
                update = orthogonal(weight.grad.lerp(momentum, _MOMENTUM).flatten(1))
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                size = _ADAM_RMS * max(update.shape) ** 0.5
                weight.add_(update.view(weight.shape), alpha=-group["lr"] * size)


def orthogonal(matrix: Tensor) -> Tensor:
    """A matrix `[n, m]` with about the same singular vectors and all singular values near 1, by Newton–Schulz steps.

    A step multiplies by a polynomial of the matrix's Gram matrix. The steps are taken on that small square alone, and
    their product is applied once.
    """
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    gram = x @ x.T
    step = product = _polynomial(gram)
    for _ in range(_ITERATIONS - 1):
        gram = step @ gram @ step
        step = _polynomial(gram)
        product = step @ product
    x = product @ x
    return x.T if tall else x


def _polynomial(gram: Tensor) -> Tensor:
    """What one step multiplies by: the quintic's even part, in the Gram matrix."""
    linear, cubic, quintic = _QUINTIC
    step = torch.addmm(gram, gram, gram, beta=cubic, alpha=quintic)
    step.diagonal().add_(linear)
    return step

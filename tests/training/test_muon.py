"""Muon."""

import pytest
import torch

from egograph.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(32, 27), (96, 864), (200, 64), (48, 48)])
def test_an_orthogonal_update_keeps_directions_and_evens_sizes(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    sizes = torch.linalg.svdvals(orthogonal(matrix))
    assert float(sizes.min()) > 0.3
    assert float(sizes.max()) < 1.3
    before, _, behind = torch.linalg.svd(matrix, full_matrices=False)
    assert float((before @ behind * orthogonal(matrix)).sum() / sizes.sum()) > 0.97


def test_kernels_and_their_matrices_are_updated_alike() -> None:
    rng = torch.Generator().manual_seed(1)
    kernel = torch.nn.Parameter(torch.randn(16, 8, 3, 3, generator=rng).to(memory_format=torch.channels_last))
    matrix = torch.nn.Parameter(kernel.detach().flatten(1).clone())
    for weight in (kernel, matrix):
        optimiser = Muon([weight], lr=0.1, weight_decay=0.05)
        for step in range(3):
            weight.grad = torch.randn(16, 72, generator=torch.Generator().manual_seed(step)).view(weight.shape)
            optimiser.step()
    assert torch.allclose(kernel.flatten(1), matrix, atol=1e-5)


def test_the_first_update_is_as_large_as_one_of_adam() -> None:
    weight = torch.nn.Parameter(torch.zeros(64, 64))
    weight.grad = torch.randn(64, 64, generator=torch.Generator().manual_seed(2))
    Muon([weight], lr=0.01, weight_decay=0.0).step()
    assert float(weight.detach().square().mean().sqrt()) == pytest.approx(0.2 * 0.01, rel=0.2)


def test_it_finds_the_least_squares_solution() -> None:
    rng = torch.Generator().manual_seed(3)
    truth, inputs = torch.randn(16, 16, generator=rng), torch.randn(256, 16, generator=rng)
    weight = torch.nn.Parameter(torch.zeros(16, 16))
    optimiser = Muon([weight], lr=0.1, weight_decay=0.0)
    for step in range(300):
        optimiser.param_groups[0]["lr"] = 0.1 * (1 - step / 300)
        optimiser.zero_grad()
        (inputs @ (weight - truth).T).square().mean().backward()
        optimiser.step()
    assert float((weight.detach() - truth).abs().max()) < 0.05

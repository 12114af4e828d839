"""The Triton form of region pooling, interpreted, against the reference."""

import os

import pytest
import torch

if os.environ.get("TRITON_INTERPRET") != "1":
    pytest.skip("triton was imported to compile; run these tests in their own process", allow_module_level=True)

from egograph.kernels.pool_regions.reference import pool_regions_reference
from egograph.kernels.pool_regions.triton_align import pool_backward, pool_forward
from tests.kernels.graphs import relative_error
from tests.kernels.regions import awkward_regions, random_patches

pytestmark = pytest.mark.usefixtures("poisoned_memory")


@pytest.mark.parametrize(("high", "wide", "dim"), [(7, 9, 5), (1, 1, 32), (1, 6, 40), (16, 16, 33)])
def test_values_and_gradients_are_the_references(high: int, wide: int, dim: int):
    patches = random_patches(4, high, wide, dim).requires_grad_()
    box, frame = awkward_regions()
    wanted = pool_regions_reference(patches, box, frame)
    torch.testing.assert_close(pool_forward(patches.detach(), box, frame), wanted)
    grad = torch.randn_like(wanted)
    (right,) = torch.autograd.grad(wanted, patches, grad)
    torch.testing.assert_close(pool_backward(grad, box, frame, 4, high, wide), right)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2)])
def test_precision(dtype: torch.dtype, tolerance: float):
    patches = random_patches(4, 7, 9, 5, dtype)
    box, frame = awkward_regions()
    exact = patches.double().requires_grad_()
    wanted = pool_regions_reference(exact, box, frame)
    pooled = pool_forward(patches, box.float(), frame)
    assert pooled.dtype == dtype
    assert relative_error(pooled, wanted) < tolerance
    grad = torch.randn_like(pooled)
    (right,) = torch.autograd.grad(wanted, exact, grad.double())
    assert relative_error(pool_backward(grad, box.float(), frame, 4, 7, 9), right) < tolerance


def test_no_regions_give_no_features_and_no_gradient():
    box, frame = torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64)
    assert pool_forward(random_patches(2, 3, 3, 4, torch.float32), box, frame).shape == (0, 4)
    assert not pool_backward(torch.zeros(0, 4), box, frame, 2, 3, 3).any()

"""Region features from the patch grid."""

import pytest
import torch
from torch import Tensor

from egograph.kernels.pool_regions.op import pool_backward_op, pool_op
from egograph.kernels.pool_regions.reference import pool_regions_reference
from egograph.ops import pool_regions
from tests.kernels.graphs import relative_error
from tests.kernels.regions import BOXES, awkward_regions, random_patches

GRIDS = [(4, 7, 9), (4, 1, 1), (4, 1, 6), (4, 16, 16)]


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize(("frames", "high", "wide"), GRIDS)
def test_values_and_gradients_are_the_references(frames: int, high: int, wide: int):
    patches = random_patches(frames, high, wide, 5).requires_grad_()
    box, frame = awkward_regions()
    pooled, wanted = pool_regions(patches, box, frame), pool_regions_reference(patches, box, frame)
    torch.testing.assert_close(pooled, wanted)
    grad = torch.randn_like(pooled)
    (gradient,) = torch.autograd.grad(pooled, patches, grad)
    torch.testing.assert_close(gradient, torch.autograd.grad(wanted, patches, grad)[0])
    assert not gradient[2].any()


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 1e-2)])
def test_precision(dtype: torch.dtype, tolerance: float):
    patches = random_patches(4, 7, 9, 5, dtype).requires_grad_()
    box, frame = awkward_regions()
    exact = patches.detach().double().requires_grad_()
    pooled, wanted = pool_regions(patches, box, frame), pool_regions_reference(exact, box, frame)
    assert pooled.dtype == dtype
    assert relative_error(pooled, wanted) < tolerance
    grad = torch.randn_like(pooled)
    (gradient,) = torch.autograd.grad(pooled, patches, grad)
    assert relative_error(gradient, torch.autograd.grad(wanted, exact, grad.double())[0]) < tolerance


@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES)
def test_a_uniform_frame_looks_the_same_in_every_region(box: list[float]):
    pooled = pool_regions(torch.full((1, 6, 8, 3), 2.5), torch.tensor([box]), torch.tensor([0]))
    torch.testing.assert_close(pooled, torch.full((1, 3), 2.5))


def position_grid(high: int, wide: int) -> Tensor:
    """A frame whose patches hold the place of their own centre, (x, y) in 0 … 1."""
    y, x = torch.meshgrid((torch.arange(high) + 0.5) / high, (torch.arange(wide) + 0.5) / wide, indexing="ij")
    return torch.stack([x, y], dim=-1)[None]


@pytest.mark.parametrize("name", ["fractional", "inside one patch", "empty", "a line", "inverted"])
def test_a_region_inside_the_frame_reads_the_place_where_it_is(name: str):
    box = torch.tensor([BOXES[name]])
    centre = (box[:, :2] + box[:, 2:]) / 2
    pooled = pool_regions(position_grid(16, 16), box, torch.tensor([0]))
    torch.testing.assert_close(pooled, centre)


def test_a_region_outside_the_frame_reads_the_nearest_corner():
    pooled = pool_regions(position_grid(4, 4), torch.tensor([BOXES["outside the frame"]]), torch.tensor([0]))
    torch.testing.assert_close(pooled, torch.full((1, 2), 3.5 / 4))


def test_no_regions_give_no_features_and_no_gradient():
    patches = random_patches(2, 3, 3, 4).requires_grad_()
    pooled = pool_regions(patches, torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64))
    assert pooled.shape == (0, 4)
    assert not torch.autograd.grad(pooled.sum(), patches)[0].any()


def test_boxes_get_no_gradient():
    box = torch.tensor([BOXES["fractional"]], requires_grad=True)
    assert not pool_regions(random_patches(1, 4, 4, 2, torch.float32), box, torch.tensor([0])).requires_grad


def test_patches_need_not_be_contiguous():
    patches = random_patches(4, 7, 9, 5).transpose(1, 2)
    box, frame = awkward_regions()
    torch.testing.assert_close(pool_regions(patches, box, frame), pool_regions(patches.contiguous(), box, frame))


def test_gradcheck():
    box, frame = awkward_regions()
    patches = random_patches(4, 2, 3, 2).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: pool_regions(x, box, frame), patches)


def test_it_compiles_in_one_graph():
    patches = random_patches(2, 4, 5, 3).requires_grad_()
    box, frame = torch.rand(7, 4), torch.arange(7) % 2

    def twice(patches: Tensor) -> Tensor:
        return pool_regions(patches, box, frame) * 2

    found, wanted = torch.compile(twice, fullgraph=True, backend="aot_eager")(patches), twice(patches)
    torch.testing.assert_close(found, wanted)
    torch.testing.assert_close(*(torch.autograd.grad(out.square().sum(), patches)[0] for out in (found, wanted)))


def test_opcheck():
    box, frame = awkward_regions()
    patches = random_patches(4, 3, 5, 2, torch.float32)
    torch.library.opcheck(pool_op, (patches.requires_grad_(), box.float(), frame))
    torch.library.opcheck(pool_backward_op, (torch.ones(27, 2), box.float(), frame, 4, 3, 5))


def test_autocast_leaves_it_alone():
    patches = random_patches(4, 7, 9, 5, torch.float32).requires_grad_()
    box, frame = awkward_regions()
    wanted = pool_regions(patches, box, frame)
    (right,) = torch.autograd.grad(wanted.sum(), patches)
    with torch.autocast("cpu", torch.bfloat16):
        pooled = pool_regions(patches, box, frame)
        (gradient,) = torch.autograd.grad(pooled.sum(), patches)
    assert torch.equal(pooled, wanted)
    assert torch.equal(gradient, right)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("patches", torch.zeros(2, 3, 4), r"patches: shape \[2, 3, 4\]; give \[F, h, w, D\]"),
        ("box", torch.zeros(3, 4), r"box: shape \[3, 4\]; give \[2, 4\]"),
        ("frame", torch.zeros(2), r"frame: torch.float32 \[2\]; give integers"),
        ("frame", torch.tensor([0, -1]), "frame: names frame -1 of 2"),
        ("frame", torch.tensor([2, 0]), "frame: names frame 2 of 2"),
    ],
)
def test_arguments_that_do_not_fit_are_named(name: str, value: Tensor, message: str):
    given = {"patches": torch.zeros(2, 3, 4, 5), "box": torch.zeros(2, 4), "frame": torch.zeros(2).long()}
    with pytest.raises(ValueError, match=message):
        pool_regions(**given | {name: value})

"""The same sequence seen otherwise."""

import torch

from egograph.training.augment import Look, augment
from egograph.training.truth import NOTHING, UNKNOWN

PLAIN = Look(mirrored=False, zoom=1.0, shift=(0.0, 0.0), gain=(1.0, 1.0, 1.0), contrast=1.0, saturation=1.0)


def spot() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Two grey frames with a bright square under the box of a left hand that touches an object."""
    pixels = torch.full((2, 40, 60, 3), 90, dtype=torch.uint8)
    pixels[:, 10:20, 30:45] = 250
    box = torch.tensor([[30 / 60, 10 / 40, 45 / 60, 20 / 40], [0.0, 0.8, 0.1, 1.0]]).expand(2, 2, 4)
    return pixels, box, torch.tensor([[0, 2]]).repeat(2, 1), torch.tensor([[1, NOTHING]]).repeat(2, 1)


def inside(pixels: torch.Tensor, box: torch.Tensor) -> torch.Tensor:
    height, width = pixels.shape[1:3]
    x1, y1, x2, y2 = (box * torch.tensor([width, height, width, height])).round().int().tolist()
    return pixels[0, y1:y2, x1:x2].float()


def test_a_plain_look_changes_nothing() -> None:
    for before, after in zip(spot(), augment(*spot(), PLAIN), strict=True):
        assert torch.equal(before, after)


def test_mirrored_the_left_hand_is_the_right_hand_and_its_box_follows() -> None:
    pixels, box, kind, touches = augment(*spot(), Look(**(vars(PLAIN) | {"mirrored": True})))
    assert kind[0].tolist() == [1, 2]
    assert touches[0].tolist() == [NOTHING, 1]
    assert inside(pixels, box[0, 0]).min() == 250


def test_zoomed_the_box_follows_its_pixels() -> None:
    pixels, box, *_ = augment(*spot(), Look(**(vars(PLAIN) | {"zoom": 1.25, "shift": (0.05, -0.08)})))
    assert inside(pixels, box[0, 0]).mean() > 230
    assert pixels.float().mean() > spot()[0].float().mean()


def test_what_is_no_longer_shown_is_no_box_and_no_known_contact() -> None:
    _, _, kind, touches = augment(*spot(), Look(**(vars(PLAIN) | {"zoom": 1.3, "shift": (0.11, -0.11)})))
    assert kind[0].tolist() == [0, -1]
    assert touches[0].tolist() == [UNKNOWN, NOTHING]


def test_light_changes_pixels_alone() -> None:
    pixels, box, *_ = augment(*spot(), Look(**(vars(PLAIN) | {"gain": (0.5, 1.0, 1.0), "contrast": 0.9})))
    assert (pixels[..., 0] < pixels[..., 1]).all()
    assert torch.equal(box, spot()[1])

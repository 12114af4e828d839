"""Boxes."""

import torch

from egograph.nodes.box import area, centre_size, generalised_iou, intersection, iou

LEFT_HALF = torch.tensor([0.0, 0.0, 0.5, 1.0])
RIGHT_HALF = torch.tensor([0.5, 0.0, 1.0, 1.0])
WHOLE = torch.tensor([0.0, 0.0, 1.0, 1.0])


def test_iou_of_a_half_and_the_whole() -> None:
    assert iou(LEFT_HALF, WHOLE) == 0.5
    assert iou(LEFT_HALF, RIGHT_HALF) == 0
    assert intersection(LEFT_HALF, WHOLE) == area(LEFT_HALF) == 0.5


def test_an_inverted_box_has_no_area() -> None:
    assert area(torch.tensor([0.6, 0.1, 0.4, 0.9])) == 0


def test_generalised_iou_punishes_distance_where_iou_is_blind() -> None:
    box = torch.tensor([0.0, 0.0, 0.1, 0.1])
    near, far = torch.tensor([0.2, 0.0, 0.3, 0.1]), torch.tensor([0.8, 0.0, 0.9, 0.1])
    assert iou(box, near) == iou(box, far) == 0
    assert -1 < generalised_iou(box, far) < generalised_iou(box, near) < 0
    assert generalised_iou(box, box) == 1


def test_centre_and_size() -> None:
    assert torch.allclose(centre_size(torch.tensor([0.1, 0.2, 0.5, 0.4])), torch.tensor([0.3, 0.3, 0.4, 0.2]))

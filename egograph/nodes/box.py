"""Boxes as xyxy in 0..1 of the frame: the one box format of the project."""

import torch
from torch import Tensor


def area(box: Tensor) -> Tensor:
    """Areas `[...]` of boxes `[..., 4]`; an inverted box has none."""
    return (box[..., 2:] - box[..., :2]).clamp(min=0).prod(dim=-1)


def intersection(first: Tensor, second: Tensor) -> Tensor:
    """Areas shared by boxes `[..., 4]` that broadcast against each other."""
    low = torch.maximum(first[..., :2], second[..., :2])
    high = torch.minimum(first[..., 2:], second[..., 2:])
    return (high - low).clamp(min=0).prod(dim=-1)


def iou(first: Tensor, second: Tensor) -> Tensor:
    """Intersection over union of boxes `[..., 4]` that broadcast against each other."""
    shared = intersection(first, second)
    return shared / (area(first) + area(second) - shared).clamp(min=1e-9)


def generalised_iou(first: Tensor, second: Tensor) -> Tensor:
    """GIoU (Rezatofighi et al., arXiv 1902.09630) of boxes `[..., 4]`, in -1 to 1."""
    shared = intersection(first, second)
    union = (area(first) + area(second) - shared).clamp(min=1e-9)
    low = torch.minimum(first[..., :2], second[..., :2])
    high = torch.maximum(first[..., 2:], second[..., 2:])
    hull = (high - low).clamp(min=0).prod(dim=-1).clamp(min=1e-9)
    return shared / union - (hull - union) / hull


def centre_size(box: Tensor) -> Tensor:
    """Centre x, centre y, width and height `[..., 4]` of boxes `[..., 4]`."""
    return torch.cat([(box[..., :2] + box[..., 2:]) / 2, box[..., 2:] - box[..., :2]], dim=-1)

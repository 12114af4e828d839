"""How far boxes, presence, nouns and contacts are from the annotated ones."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from egograph.nodes.box import centre_size, generalised_iou, iou
from egograph.nodes.nodes import OBJECT
from egograph.nodes.proposals import DenseProposals
from egograph.nodes.query import Extraction
from egograph.nodes.reader import Reading
from egograph.training.truth import NOTHING, UNKNOWN

_MATCH_IOU = 0.25


@dataclass(frozen=True)
class BoxTruth:
    """Annotated frames with room for `A` boxes each.

    Attributes:
        box: `[F, A, 4]`, xyxy in 0..1.
        kind: int64 `[F, A]`, -1 where there is no box.
        noun: int64 `[F, A]`, -1 where unknown.
        touches: int64 `[F, 2]`, the row that each hand touches, `NOTHING` or `UNKNOWN`.
    """

    box: Tensor
    kind: Tensor
    noun: Tensor
    touches: Tensor


def detection_losses(extraction: Extraction, truth: BoxTruth) -> dict[str, Tensor]:
    """The losses of frames that are annotated, each a mean, by name."""
    reading = extraction.reading
    match = _match(extraction.proposed, truth)
    return {
        "heat": _heat_loss(extraction.proposals, truth),
        "reach": _reach_loss(extraction.proposals, truth),
        "box": _box_loss(reading, truth, match),
        "score": _score_loss(reading, extraction.proposed, truth, match),
        "object": _noun_loss(reading, truth, match),
        "contact": _contact_loss(reading, truth, match),
    }


def _heat_loss(proposals: DenseProposals, truth: BoxTruth) -> Tensor:
    """The penalty-reduced focal loss of CenterNet (arXiv 1904.07850)."""
    height, width = proposals.heat.shape[-2:]
    target = _heat_target(truth, height, width)
    probability = proposals.heat.sigmoid().clamp(1e-4, 1 - 1e-4)
    peak = target == 1
    hit = -((1 - probability) ** 2) * probability.log() * peak
    miss = -((1 - target) ** 4) * probability**2 * (1 - probability).log() * ~peak
    return (hit.sum() + miss.sum()) / peak.sum().clamp(min=1)


def _heat_target(truth: BoxTruth, height: int, width: int) -> Tensor:
    """Gaussians `[F, 3, h, w]` around the patches that hold a box's centre, 1 there."""
    centre, spread = _centre_patch(truth, height, width)
    y = torch.arange(height, device=centre.device)[:, None]
    x = torch.arange(width, device=centre.device)
    dx = (x - centre[..., 0, None, None]) / spread[..., 0, None, None]
    dy = (y - centre[..., 1, None, None]) / spread[..., 1, None, None]
    bump = torch.exp(-0.5 * (dx**2 + dy**2))
    return torch.stack(
        [torch.where((truth.kind == kind)[..., None, None], bump, 0.0).amax(dim=1) for kind in range(OBJECT + 1)],
        dim=1,
    )


def _centre_patch(truth: BoxTruth, height: int, width: int) -> tuple[Tensor, Tensor]:
    grid = truth.box.new_tensor([width, height])
    place = centre_size(truth.box)
    centre = torch.minimum((place[..., :2].clamp(0, 1) * grid).long(), grid.long() - 1)
    return centre, (place[..., 2:] * grid / 6).clamp(min=0.4)


def _reach_loss(proposals: DenseProposals, truth: BoxTruth) -> Tensor:
    """GIoU and distance of the boxes proposed at and around the patch that holds a box's centre."""
    height, width = proposals.heat.shape[-2:]
    frame, row = (truth.kind >= 0).nonzero(as_tuple=True)
    centre = _centre_patch(truth, height, width)[0][frame, row]
    step = torch.tensor([(x, y) for y in (-1, 0, 1) for x in (-1, 0, 1)], device=centre.device)
    near = centre[:, None] + step
    inside = ((near >= 0) & (near < near.new_tensor([width, height]))).all(dim=-1)
    near = near.clamp(min=0).minimum(near.new_tensor([width - 1, height - 1]))
    kind = truth.kind[frame, row]
    box = proposals.boxes()[frame[:, None], kind[:, None], near[..., 1], near[..., 0]]
    target = truth.box[frame, row][:, None].expand_as(box)
    weight = inside * torch.where((step == 0).all(dim=-1), 1.0, 0.25)
    return (_box_distance(box, target) * weight).sum() / weight.sum().clamp(min=1)


def _box_distance(box: Tensor, target: Tensor) -> Tensor:
    return 1 - generalised_iou(box, target) + 4 * (box - target).abs().mean(dim=-1)


def _match(box: Tensor, truth: BoxTruth) -> Tensor:
    """The annotated row int64 `[F, R]` that each read box is for, -1 if none."""
    overlap = iou(box[:, :, None], truth.box[:, None])
    wanted = torch.tensor([0, 1] + [OBJECT] * (box.shape[1] - 2), device=box.device)
    same = truth.kind[:, None] == wanted[:, None]
    best, row = torch.where(same, overlap, -1.0).max(dim=-1)
    hand = wanted < OBJECT
    return torch.where(torch.where(hand, best >= 0, best >= _MATCH_IOU), row, -1)


def _matched(match: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    frame, read = (match >= 0).nonzero(as_tuple=True)
    return frame, read, match[frame, read]


def _box_loss(reading: Reading, truth: BoxTruth, match: Tensor) -> Tensor:
    """The distance of the boxes after every layer."""
    frame, read, row = _matched(match)
    boxes = reading.boxes[frame, :, read]
    return _box_distance(boxes, truth.box[frame, row][:, None]).sum() / max(1, boxes[..., 0].numel())


def _score_loss(reading: Reading, proposed: Tensor, truth: BoxTruth, match: Tensor) -> Tensor:
    """Presence: a hand is there if annotated; an object is there if no better read box is for the same one."""
    overlap = iou(proposed, truth.box.gather(1, match.clamp(min=0)[..., None].expand(-1, -1, 4)))
    rival = (match[:, :, None] == match[:, None]) & (match[:, None] >= 0) & (overlap[:, None] > overlap[:, :, None])
    present = (match >= 0) & ~rival.any(dim=-1)
    return F.binary_cross_entropy_with_logits(reading.score, present.float())


def _noun_loss(reading: Reading, truth: BoxTruth, match: Tensor) -> Tensor:
    frame, read, row = _matched(match)
    target = truth.noun[frame, row]
    known = target >= 0
    return F.cross_entropy(reading.noun[frame, read][known], target[known], reduction="sum") / known.sum().clamp(min=1)


def _contact_loss(reading: Reading, truth: BoxTruth, match: Tensor) -> Tensor:
    """Cross-entropy of what each annotated hand touches, where that was found."""
    things = match[:, 2:]
    nothing = things.shape[1]
    hit = things[:, None] == truth.touches[..., None]  # [F, 2, K]
    found = hit.any(dim=-1) & (truth.touches >= 0)
    target = torch.where(found, hit.int().argmax(dim=-1), nothing)
    known = (match[:, :2] >= 0) & (found | (truth.touches == NOTHING)) & (truth.touches != UNKNOWN)
    loss = F.cross_entropy(reading.contact[known], target[known], reduction="sum")
    return loss / known.sum().clamp(min=1)

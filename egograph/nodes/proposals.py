"""Where on the patch grid a hand or an object has its centre, and how far its box reaches from there."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PROPOSED_KINDS = 3
_REACH = 0.1
_PRIOR_LOGIT = -3.0  # centres are rare: training starts from a low prior (RetinaNet, arXiv 1708.02002)


@dataclass(frozen=True)
class DenseProposals:
    """One centre score and one box a kind and patch.

    Attributes:
        heat: logits `[F, 3, h, w]` of being the centre of a left hand, a right hand, an object.
        reach: `[F, 3, 4, h, w]`, from the patch's centre to the box's left, top, right and bottom side, in 0..1.
    """

    heat: Tensor
    reach: Tensor

    def boxes(self) -> Tensor:
        """Boxes `[F, 3, h, w, 4]`, xyxy in 0..1."""
        height, width = self.heat.shape[-2:]
        centre = patch_centres(height, width, self.reach)
        left, top, right, bottom = self.reach.unbind(dim=2)
        x, y = centre[..., 0], centre[..., 1]
        return torch.stack([x - left, y - top, x + right, y + bottom], dim=-1)


def patch_centres(height: int, width: int, like: Tensor) -> Tensor:
    """The centres `[h, w, 2]` (x, y in 0..1) of a grid's patches."""
    y = (torch.arange(height, device=like.device, dtype=like.dtype) + 0.5) / height
    x = (torch.arange(width, device=like.device, dtype=like.dtype) + 0.5) / width
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)], dim=-1)


class ProposalHead(nn.Module):
    """A centre heat map and box sides for each patch, after CenterNet (arXiv 1904.07850) and FCOS (1904.01355)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(dim, dim, 3, padding=1)
        self.heat = nn.Conv2d(dim, PROPOSED_KINDS, 1)
        self.reach = nn.Conv2d(dim, PROPOSED_KINDS * 4, 1)

    def forward(self, tokens: Tensor) -> DenseProposals:
        """Propose from patch tokens `[F, h, w, D]`."""
        planes = F.relu(self.mix(tokens.permute(0, 3, 1, 2)))
        heat, reach = self.heat(planes), self.reach(planes)
        return DenseProposals(
            heat=heat.float() + _PRIOR_LOGIT,
            reach=F.softplus(reach.float()).mul(_REACH).unflatten(1, (PROPOSED_KINDS, 4)),
        )


def select(proposals: DenseProposals, objects: int) -> tuple[Tensor, Tensor]:
    """Take the best left hand, the best right hand and the `objects` best objects of each frame.

    An object is taken at a local maximum of its heat map only.

    Returns:
        Boxes `[F, 2 + objects, 4]` and the patches `[F, 2 + objects]` that they came from.
    """
    heat = proposals.heat
    hands = heat[:, :2].flatten(2).argmax(dim=-1)
    peaks = heat[:, 2:]
    peaks = torch.where(F.max_pool2d(peaks, 3, stride=1, padding=1) == peaks, peaks, -torch.inf).flatten(1)
    things = peaks.topk(objects, dim=-1).indices
    patch = torch.cat([hands, things], dim=1)
    kind = torch.tensor([0, 1] + [2] * objects, device=heat.device)
    boxes = proposals.boxes().flatten(2, 3)
    frame = torch.arange(heat.shape[0], device=heat.device)[:, None]
    return boxes[frame, kind, patch], patch

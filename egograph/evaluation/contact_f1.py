"""F1 of hand contacts."""

from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.nodes.box import iou
from egograph.training.detection_loss import BoxTruth
from egograph.training.truth import NOTHING, UNKNOWN

_IOU = 0.5


@dataclass
class ContactCount:
    """Counts right, wrong and missed contacts.

    `link` is strict: the predicted hand box, of the same side, and the touched object's box must both overlap the
    annotated ones with an IoU of at least 0.5. `state` asks only whether each annotated hand touches anything. An F1 is
    NaN where there is nothing to count.
    """

    link_right: int = 0
    link_wrong: int = 0
    link_missed: int = 0
    state_right: int = 0
    state_wrong: int = 0
    state_missed: int = 0

    @property
    def link_f1(self) -> float:
        """F1 of hand–object links."""
        return _f1(self.link_right, self.link_wrong, self.link_missed)

    @property
    def state_f1(self) -> float:
        """F1 of 'this hand touches something'."""
        return _f1(self.state_right, self.state_wrong, self.state_missed)

    def add(self, box: Tensor, score: Tensor, contact: Tensor, truth: BoxTruth) -> None:
        """Count annotated frames.

        Args:
            box: read boxes `[F, 2 + K, 4]`: left hand, right hand, objects.
            score: `[F, 2 + K]`, presence in 0..1.
            contact: `[F, 2, K + 1]`, the probability of what each hand touches; the last entry is nothing.
            truth: the annotations.
        """
        for side in (0, 1):
            known = truth.touches[:, side] != UNKNOWN
            touching = truth.touches[:, side] >= 0
            nothing = truth.touches[:, side] == NOTHING
            predicted = (score[:, side] >= 0.5) & (contact[:, side, -1] < 0.5)
            thing = contact[:, side, :-1].argmax(dim=-1)
            frame = torch.arange(len(box), device=box.device)
            there = iou(box[frame, 2 + thing], truth.box[frame, truth.touches[:, side].clamp(min=0)]) >= _IOU
            is_hand = truth.kind == side
            hand = truth.box[frame, is_hand.int().argmax(dim=-1)]
            there &= (iou(box[:, side], hand) >= _IOU) & is_hand.any(dim=-1)
            right = predicted & touching & there
            self.link_right += int(right.sum())
            self.link_wrong += int((predicted & known & ~right).sum())
            self.link_missed += int((touching & ~right).sum())
            self.state_right += int((predicted & touching).sum())
            self.state_wrong += int((predicted & nothing).sum())
            self.state_missed += int((~predicted & touching).sum())


def _f1(right: int, wrong: int, missed: int) -> float:
    counted = 2 * right + wrong + missed
    return 2 * right / counted if counted else float("nan")

"""The same sequence seen otherwise: mirrored, from nearer or further, in another light."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from egograph.nodes.box import area
from egograph.training.truth import UNKNOWN

_LEAST_SHOWN = 0.3


@dataclass(frozen=True)
class Look:
    """How a sequence is seen.

    Attributes:
        mirrored: left and right are swapped, hands too.
        zoom: 1 shows the whole frame, more shows a part of it.
        shift: x and y of the part's centre from the frame's, in frame sizes.
        gain: per channel, brightness and colour of the light.
        contrast: about the middle grey.
        saturation: 0 is grey.
    """

    mirrored: bool
    zoom: float
    shift: tuple[float, float]
    gain: tuple[float, float, float]
    contrast: float
    saturation: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Look":
        """Draw a look."""
        zoom = float(rng.uniform(1.0, 1.3)) if rng.random() < 0.5 else 1.0
        room = (1 - 1 / zoom) / 2
        light = rng.uniform(0.75, 1.25)
        red, green, blue = light * rng.uniform(0.88, 1.12, 3)
        return cls(
            mirrored=bool(rng.random() < 0.5),
            zoom=zoom,
            shift=(float(rng.uniform(-room, room)), float(rng.uniform(-room, room))),
            gain=(float(red), float(green), float(blue)),
            contrast=float(rng.uniform(0.75, 1.25)),
            saturation=float(rng.choice([1.0, rng.uniform(0.2, 1.4)])),
        )


def augment(
    pixels: Tensor, box: Tensor, kind: Tensor, touches: Tensor, look: Look
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """See frames uint8 `[L, h, w, 3]` with boxes `[L, A, 4]`, kinds `[L, A]` and touched rows `[L, 2]` in a look.

    A box that is mostly out of the shown part is dropped; a hand's contact with it becomes unknown.
    """
    planes = _lit(pixels.permute(0, 3, 1, 2).float(), look)
    if look.zoom > 1:
        planes = _zoomed(planes, look)
        box, kind, touches = _zoomed_boxes(box, kind, touches, look)
    if look.mirrored:
        planes = planes.flip(-1)
        box = torch.stack([1 - box[..., 2], box[..., 1], 1 - box[..., 0], box[..., 3]], dim=-1)
        kind = torch.where(kind == 0, 1, torch.where(kind == 1, 0, kind))
        touches = touches.flip(-1)
    return planes.clamp(0, 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous(), box, kind, touches


def _lit(planes: Tensor, look: Look) -> Tensor:
    grey = planes.mean(dim=1, keepdim=True)
    planes = grey + (planes - grey) * look.saturation
    gain = planes.new_tensor(look.gain)[:, None, None]
    return (planes * gain - 110) * look.contrast + 110


def _zoomed(planes: Tensor, look: Look) -> Tensor:
    scale = 1 / look.zoom
    theta = planes.new_tensor([[scale, 0, 2 * look.shift[0]], [0, scale, 2 * look.shift[1]]])
    grid = F.affine_grid(theta.expand(len(planes), 2, 3), list(planes.shape), align_corners=False)
    return F.grid_sample(planes, grid, padding_mode="border", align_corners=False)


def _zoomed_boxes(box: Tensor, kind: Tensor, touches: Tensor, look: Look) -> tuple[Tensor, Tensor, Tensor]:
    middle = box.new_tensor([0.5 + look.shift[0], 0.5 + look.shift[1]]).repeat(2)
    moved = (box - middle) * look.zoom + 0.5
    shown = moved.clamp(0, 1)
    gone = area(shown) < _LEAST_SHOWN * area(moved)
    touched = touches.clamp(min=0)
    lost = (touches >= 0) & gone.gather(1, touched)
    return shown, torch.where(gone, -1, kind), torch.where(lost, UNKNOWN, touches)

"""The same sequence seen otherwise: mirrored, from nearer or further, in another light."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from egograph.nodes.box import area
from egograph.training.truth import UNKNOWN

_LARGEST_ZOOM = 1.12  # a box of what is cut off is only as tight as the whole one was
_LEAST_SHOWN = 0.3
_MIDDLE_GREY = 110


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
        zoom = float(rng.uniform(1.0, _LARGEST_ZOOM)) if rng.random() < 0.5 else 1.0
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
    seen = torch.from_numpy(np.stack([_seen(frame, look) for frame in pixels.numpy()]))
    if look.zoom > 1:
        box, kind, touches = _zoomed_boxes(box, kind, touches, look)
    if look.mirrored:
        box = torch.stack([1 - box[..., 2], box[..., 1], 1 - box[..., 0], box[..., 3]], dim=-1)
        kind = torch.where(kind == 0, 1, torch.where(kind == 1, 0, kind))
        touches = touches.flip(-1)
    return seen, box, kind, touches


def _seen(frame: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    """One frame `[h, w, 3]` in a look."""
    lit = cv2.transform(frame, _light(look))
    if look.zoom > 1:
        lit = cv2.warpAffine(lit, _place(look, *frame.shape[:2]), frame.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    return cv2.flip(lit, 1) if look.mirrored else lit


def _light(look: Look) -> NDArray[np.float64]:
    """The matrix `[3, 4]` that turns a pixel's colour into its colour in the look's light."""
    saturation = look.saturation * np.eye(3) + (1 - look.saturation) / 3
    linear = look.contrast * np.diag(look.gain) @ saturation
    return np.hstack([linear, np.full((3, 1), _MIDDLE_GREY * (1 - look.contrast))])


def _place(look: Look, height: int, width: int) -> NDArray[np.float64]:
    """The matrix `[2, 3]` that moves a pixel to where the look shows it."""
    x, y = (size * (0.5 + shift) - 0.5 for size, shift in zip((width, height), look.shift, strict=True))
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.hstack([look.zoom * np.eye(2), (middle - look.zoom * np.array([x, y]))[:, None]])


def _zoomed_boxes(box: Tensor, kind: Tensor, touches: Tensor, look: Look) -> tuple[Tensor, Tensor, Tensor]:
    middle = box.new_tensor([0.5 + look.shift[0], 0.5 + look.shift[1]]).repeat(2)
    moved = (box - middle) * look.zoom + 0.5
    shown = moved.clamp(0, 1)
    gone = area(shown) < _LEAST_SHOWN * area(moved)
    touched = touches.clamp(min=0)
    lost = (touches >= 0) & gone.gather(1, touched)
    return shown, torch.where(gone, -1, kind), torch.where(lost, UNKNOWN, touches)

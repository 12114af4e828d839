"""From the painted scene to what the camera records: motion blur, lens, exposure, noise."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.camera import Lens
from egograph.data.toy_kitchen.looks import Picture
from egograph.data.toy_kitchen.motion import Array

Image = NDArray[np.uint8]

# Shorter smears than this (pixels) cannot be seen.
_LEAST_BLUR = 1.3


def smear(image: Image, motion: Array) -> Image:
    """The picture, blurred along a motion `[2]` in pixels."""
    if not smears(motion):
        return image
    blurred: Image = cv2.filter2D(image, -1, _line(*_rounded(motion)), borderType=cv2.BORDER_REPLICATE)
    return blurred


def smears(motion: Array) -> bool:
    """Whether a motion `[2]` in pixels can be seen as blur."""
    return float(np.hypot(*motion)) >= _LEAST_BLUR


def smear_over(below: Image, above: Image, painted: Image, motion: Array, box: tuple[int, int, int, int]) -> None:
    """Puts what was painted on `above`, a copy of `below`, onto `below`, blurred along a motion in pixels.

    `painted` `[H, W]` is not 0 where something was; all of it lies within `box`: left, top, right, bottom.
    """
    height, width = below.shape[:2]
    reach = int(np.ceil(np.abs(motion).max())) + 2
    left, top = max(box[0] - reach, 0), max(box[1] - reach, 0)
    right, bottom = min(box[2] + reach, width), min(box[3] + reach, height)
    if right <= left or bottom <= top:
        return
    kernel = _line(*_rounded(motion))
    part = below[top:bottom, left:right]
    mask = cv2.threshold(painted[top:bottom, left:right], 0, 255, cv2.THRESH_BINARY)[1]
    shade = cv2.bitwise_and(above[top:bottom, left:right], above[top:bottom, left:right], mask=mask)
    shade = cv2.filter2D(shade, -1, kernel, borderType=cv2.BORDER_REPLICATE)
    rest = cv2.bitwise_not(cv2.filter2D(mask, -1, kernel, borderType=cv2.BORDER_REPLICATE))
    part[:] = cv2.add(cv2.multiply(part, cv2.merge((rest, rest, rest)), scale=1.0 / 255.0), shade)


def _rounded(motion: Array) -> tuple[float, float]:
    length = min(float(np.hypot(*motion)), 24.0)
    unit = motion / max(float(np.hypot(*motion)), 1e-6)
    return round(2.0 * length * unit[0]) / 2.0, round(2.0 * length * unit[1]) / 2.0


@lru_cache(maxsize=4096)
def _line(x: float, y: float) -> NDArray[np.float32]:
    half = int(np.ceil(max(abs(x), abs(y)) / 2.0)) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1), dtype=np.float32)
    for share in np.linspace(-0.5, 0.5, 4 * half + 5):
        column, row = half + share * x, half + share * y
        left, top = int(column), int(row)
        a, b = column - left, row - top
        kernel[top : top + 2, left : left + 2] += np.outer((1 - b, b), (1 - a, a))
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)


class Development:
    """What one video's camera does to every picture."""

    def __init__(self, picture: Picture, lens: Lens, size: tuple[int, int], rng: np.random.Generator) -> None:
        width, height = size
        self._picture = picture
        self._maps = lens.maps(width, height) if lens.bend else None
        x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
        fall = 1.0 - picture.vignette * 0.5 * (x**2 + y**2)
        self._vignette = np.repeat((fall * 255.0)[..., None], 3, axis=2).astype(np.uint8)
        grain = picture.noise * rng.standard_normal((height + 48, width + 48, 3))
        grain += 0.6 * picture.noise * rng.standard_normal((height + 48, width + 48, 1))
        self._lighter = np.clip(grain, 0, 255).astype(np.uint8)
        self._darker = np.clip(-grain, 0, 255).astype(np.uint8)
        self._phase = rng.uniform(0.0, 6.0, 3)
        self._rng = rng

    def bend(self, image: Image) -> Image:
        """Through the lens."""
        if self._maps is None:
            return image
        seen: Image = cv2.remap(image, *self._maps, cv2.INTER_LINEAR)
        return seen

    def bend_bodies(self, bodies: Image) -> Image:
        """The picture of which body is where, through the lens."""
        if self._maps is None:
            return bodies
        seen: Image = cv2.remap(bodies, *self._maps, cv2.INTER_NEAREST)
        return seen

    def expose(self, image: Image, time: float) -> Image:
        """Onto the sensor: focus, vignette, exposure, tone curve, noise."""
        if self._picture.defocus:
            image = cv2.GaussianBlur(image, (0, 0), self._picture.defocus)
        image = cv2.multiply(image, self._vignette, scale=1.0 / 255.0)
        image = cv2.LUT(image, self._curve(time))
        if self._picture.noise:
            height, width = image.shape[:2]
            row, column = self._rng.integers(0, 48, 2)
            image = cv2.add(image, self._lighter[row : row + height, column : column + width])
            image = cv2.subtract(image, self._darker[row : row + height, column : column + width])
        return image

    def _curve(self, time: float) -> NDArray[np.uint8]:
        wave = np.sin(np.array([0.5, 0.83, 0.31]) * time + self._phase)
        gain = self._picture.gain * (1.0 + self._picture.drift * wave)
        levels = np.arange(256.0)[:, None] / 255.0
        curve = 255.0 * np.minimum(levels * gain, 1.0) ** self._picture.gamma
        curve = self._picture.haze + curve * (1.0 - self._picture.haze / 255.0)
        return np.clip(curve, 0, 255).astype(np.uint8).reshape(1, 256, 3)

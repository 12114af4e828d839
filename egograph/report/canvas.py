"""A picture to draw on: antialiased shapes with opacity, and text in a proportional font."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
Place = tuple[float, float]

_SHIFT = 4  # OpenCV takes coordinates in sixteenths of a pixel
_BOLD_STROKE = 0.02  # of the font size: the font has one weight, bold is drawn with a stroke around each letter


@dataclass(frozen=True)
class _Line:
    place: Place
    text: str
    size: float
    ink: tuple[int, int, int, int]
    bold: bool


class Canvas:
    """Draws on a copy of a picture. Coordinates and sizes are in pixels; shapes may reach past the edges.

    Text lies above all shapes, whatever the order of the calls.

    Args:
        picture: uint8 `[H, W, 3]`, RGB.
    """

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self._pixels = np.ascontiguousarray(picture).copy()
        self._texts: list[_Line] = []

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self._pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self._pixels.shape[0])

    def fill(self, box: Box, colour: Colour, *, radius: float = 0.0, opacity: float = 1.0) -> None:
        """Fill a rectangle xyxy with rounded corners."""
        mask, left, top = self._mask(box, 1.0)
        if mask.size:
            _fill_rounded(mask, _moved(box, left, top), radius)
            self._blend(mask, left, top, colour, opacity)

    def outline(self, box: Box, colour: Colour, *, width: float, radius: float = 0.0, opacity: float = 1.0) -> None:
        """Draw the border of a rectangle xyxy, `width` wide, centred on the rectangle's sides."""
        mask, left, top = self._mask(box, width)
        if mask.size:
            half = width / 2
            outer = (box[0] - half, box[1] - half, box[2] + half, box[3] + half)
            inner = (box[0] + half, box[1] + half, box[2] - half, box[3] - half)
            hole = np.zeros_like(mask)
            _fill_rounded(mask, _moved(outer, left, top), radius + half)
            _fill_rounded(hole, _moved(inner, left, top), max(radius - half, 0.0))
            self._blend(cv2.subtract(mask, hole), left, top, colour, opacity)

    def line(
        self,
        start: Place,
        stop: Place,
        colour: Colour,
        *,
        width: float,
        opacity: float = 1.0,
        dash: Place | None = None,
    ) -> None:
        """Draw a straight line with round ends; `dash` gives the lengths of strokes and of gaps."""
        low = (min(start[0], stop[0]), min(start[1], stop[1]))
        high = (max(start[0], stop[0]), max(start[1], stop[1]))
        mask, left, top = self._mask((*low, *high), width)
        if mask.size:
            for a, b in _strokes(start, stop, dash):
                ends = _fixed(a[0] - left, a[1] - top), _fixed(b[0] - left, b[1] - top)
                cv2.line(mask, ends[0], ends[1], 255, max(1, round(width)), cv2.LINE_AA, _SHIFT)
            self._blend(mask, left, top, colour, opacity)

    def disc(self, centre: Place, radius: float, colour: Colour, *, opacity: float = 1.0) -> None:
        """Fill a circle."""
        x, y = centre
        mask, left, top = self._mask((x - radius, y - radius, x + radius, y + radius), 1.0)
        if mask.size:
            cv2.circle(mask, _fixed(x - left, y - top), _fixed(radius)[0], 255, -1, cv2.LINE_AA, _SHIFT)
            self._blend(mask, left, top, colour, opacity)

    def text(
        self,
        place: Place,
        text: str,
        size: float,
        colour: Colour,
        *,
        opacity: float = 1.0,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        """Write one line with the left end of its baseline at `place`, or its right end where `right` is set."""
        left = place[0] - text_width(text, size, bold=bold) if right else place[0]
        self._texts.append(_Line((left, place[1]), text, size, (*colour, round(255 * opacity)), bold))

    def pixels(self) -> NDArray[np.uint8]:
        """The picture so far, uint8 `[H, W, 3]`."""
        if not self._texts:
            return self._pixels.copy()
        picture = Image.fromarray(self._pixels).convert("RGB")
        draw = ImageDraw.Draw(picture, "RGBA")
        for line in self._texts:
            _write(draw, line)
        return np.asarray(picture, dtype=np.uint8).copy()

    def _mask(self, box: Box, margin: float) -> tuple[NDArray[np.uint8], int, int]:
        """An empty mask over the part of the picture that the box can reach, and that part's left and top."""
        left, top = max(0, math.floor(box[0] - margin - 1)), max(0, math.floor(box[1] - margin - 1))
        right, bottom = math.ceil(box[2] + margin + 1), math.ceil(box[3] + margin + 1)
        size = (max(0, min(bottom, self.height) - top), max(0, min(right, self.width) - left))
        return np.zeros(size, np.uint8), left, top

    def _blend(self, mask: NDArray[np.uint8], left: int, top: int, colour: Colour, opacity: float) -> None:
        part = self._pixels[top : top + mask.shape[0], left : left + mask.shape[1]]
        drawn = mask.nonzero()  # few pixels of an outline's mask are
        old, share = part[drawn], mask[drawn][:, None].astype(np.float32) * (opacity / 255)
        part[drawn] = (old + (np.array(colour, np.float32) - old) * share + 0.5).astype(np.uint8)


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is, in pixels."""
    return float(_font(round(size)).getlength(text)) + (2 * size * _BOLD_STROKE * len(text) if bold else 0)


def _write(draw: ImageDraw.ImageDraw, line: _Line) -> None:
    font, stroke = _font(round(line.size)), line.size * _BOLD_STROKE
    if not line.bold:
        draw.text(line.place, line.text, line.ink, font, "ls")
        return
    for letters, letter in enumerate(line.text):  # one by one, to make room for the strokes
        x = line.place[0] + font.getlength(line.text[: letters + 1]) - font.getlength(letter)
        place = (x + (2 * letters + 1) * stroke, line.place[1])
        draw.text(place, letter, line.ink, font, "ls", stroke_width=stroke, stroke_fill=line.ink)


@lru_cache(maxsize=32)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _fixed(*values: float) -> tuple[int, ...]:
    return tuple(round(value * (1 << _SHIFT)) for value in values)


def _moved(box: Box, left: float, top: float) -> Box:
    return box[0] - left, box[1] - top, box[2] - left, box[3] - top


def _strokes(start: Place, stop: Place, dash: Place | None) -> list[tuple[Place, Place]]:
    length = math.dist(start, stop)
    if dash is None or length == 0:
        return [(start, stop)]

    def at(way: float) -> Place:
        share = min(way, length) / length
        return start[0] + (stop[0] - start[0]) * share, start[1] + (stop[1] - start[1]) * share

    period = sum(dash)
    return [(at(i * period), at(i * period + dash[0])) for i in range(math.ceil(length / period))]


def _fill_rounded(mask: NDArray[np.uint8], box: Box, radius: float) -> None:
    """Fill a rounded rectangle; nothing if it has no area."""
    left, top, right, bottom = box
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    if radius < 0:
        return
    corners: list[Place] = []
    centres: Sequence[tuple[float, float, int]] = (
        (right - radius, bottom - radius, 0),
        (left + radius, bottom - radius, 90),
        (left + radius, top + radius, 180),
        (right - radius, top + radius, 270),
    )
    for x, y, turn in centres:
        for step in range(0, 91, 15) if radius else (0,):
            angle = math.radians(turn + step)
            corners.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    outline = np.array([_fixed(x - 0.5, y - 0.5) for x, y in corners], np.int32)
    cv2.fillPoly(mask, [outline], 255, cv2.LINE_AA, _SHIFT)

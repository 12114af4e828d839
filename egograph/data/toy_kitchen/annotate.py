"""From the picture of which body is seen where to outlines of hands and objects, and what the hands touch."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Fewer visible pixels than this are no object that a person would outline.
LEAST_PIXELS = 12

Polygon = NDArray[np.float64]


@dataclass(frozen=True)
class Annotation:
    """One outlined hand or object on a frame.

    Attributes:
        id: unique in the data set.
        noun: EPIC class name, "left hand" or "right hand".
        polygons: outlines `[n, 2]` of its visible parts, in the frame's pixels.
        touches: for a hand the id of what it touches, None where it touches nothing; None for objects.
        touches_unseen: for a hand whether it touches something of which nothing can be seen.
    """

    id: str
    noun: str
    polygons: tuple[Polygon, ...]
    touches: str | None
    touches_unseen: bool


def annotate(
    bodies: NDArray[np.uint8], nouns: Mapping[int, str], touched: tuple[int, int], frame: str
) -> tuple[Annotation, ...]:
    """Outlines what is visible.

    Args:
        bodies: uint8 `[H, W]`, the body's number at each pixel: 1 the left hand, 2 the right hand.
        nouns: the objects' numbers and EPIC class names.
        touched: the numbers of the bodies that the left and the right hand touch, 0 for none.
        frame: a name unique in the data set.
    """
    counts = np.bincount(bodies.ravel(), minlength=256)
    found: dict[int, tuple[Polygon, ...]] = {}
    for number in (1, 2, *nouns):
        if counts[number] >= LEAST_PIXELS:
            polygons = _outlines(bodies == number)
            if polygons:
                found[number] = polygons
    ids = {number: hashlib.md5(f"{frame}_{number}".encode(), usedforsecurity=False).hexdigest() for number in found}
    annotations = []
    for number, polygons in found.items():
        other = touched[number - 1] if number in (1, 2) else 0
        name = ("left hand", "right hand")[number - 1] if number in (1, 2) else nouns[number]
        unseen = other > 0 and other not in found
        annotations.append(Annotation(ids[number], name, polygons, ids.get(other), unseen))
    return tuple(annotations)


def _outlines(mask: NDArray[np.bool_]) -> tuple[Polygon, ...]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, left = rows[0], columns[0]
    part = mask[top : rows[-1] + 1, left : columns[-1] + 1].astype(np.uint8)
    contours, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outlines = []
    for contour in sorted(contours, key=len, reverse=True)[:6]:
        if cv2.contourArea(contour) < 0.3 * LEAST_PIXELS:
            continue
        corners = cv2.approxPolyDP(contour, 1.0, True).reshape(-1, 2)
        if len(corners) >= 3:
            outlines.append(corners + np.array([left + 0.5, top + 0.5]))
    return tuple(outlines)

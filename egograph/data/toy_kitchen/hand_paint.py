"""Painting hands: a palm, fingers that overlap by depth around what they hold, forearm and sleeve."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from egograph.data.toy_kitchen.camera import Camera
from egograph.data.toy_kitchen.hands import FINGERS, RADII, SIGNS
from egograph.data.toy_kitchen.looks import HandLook, Light
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, Colour, Pixels, capsules, fixed, mix, tone

# Each finger's bones as pairs of joints. The first is painted apart: a held thing can lie between it and the rest.
_BONES = np.array([(first + bone, first + bone + 1) for first in (1, *FINGERS) for bone in range(3)])
_TIPS, _BEFORE_TIPS = np.array([8, 12, 16, 20]), np.array([7, 11, 15, 19])
_KNUCKLES = np.array(FINGERS)
# Rim, body and ridge of light of a finger: share of its thickness, share of light, shift towards the light.
_TONES = ((1.0, 0.64, 0.0), (0.82, 1.0, 0.10), (0.40, 1.12, 0.28))
_PALM = np.array([0, 1, 5, 9, 13, 17])
_Step = tuple[float, Callable[[], None]]
_CIRCLE = np.stack([np.cos(np.arange(10) * np.pi / 5), np.sin(np.arange(10) * np.pi / 5)], axis=1)


@dataclass(frozen=True)
class SeenHand:
    """One hand in one frame.

    Attributes:
        hand: which one.
        body: its number on the canvas.
        joints: `[21, 3]`, in the world.
        elbow: `[3]`.
        back: `[3]`, unit vector out of the back of the hand.
    """

    hand: int
    body: int
    joints: Array
    elbow: Array
    back: Array


class HandPainter:
    """Paints one hand of one frame."""

    def __init__(self, canvas: Canvas, seen: SeenHand, camera: Camera, look: HandLook, light: Light) -> None:
        self._canvas, self._seen, self._camera, self._look = canvas, seen, camera, look
        self._xy, self._depth = camera.project(seen.joints)
        self._radius = RADII * (look.size * look.stout * camera.focal) / self._depth
        self._shade = light.ambient + light.diffuse * (0.35 + 0.5 * max(float(seen.back @ light.towards), 0.0))
        view = camera.position - seen.joints[9]
        self._dorsal = float(seen.back @ view / np.sqrt(view @ view))
        self._skin = mix(look.palm, look.skin, min(max(0.5 + 1.2 * self._dorsal, 0.0), 1.0))
        side = camera.turn[:2] @ light.towards
        self._towards = side / max(float(np.hypot(*side)), 1e-6)

    def paint(self) -> None:
        """Paints the arm, then palm and fingers, far ones first."""
        self._paint_arm()
        self._paint_in_order(self._steps(self._depth[_BONES].sum(1) / 2.0, with_nails=True))

    def paint_holding(self, held_depth: float, paint_held: Callable[[], None], fingers_below: bool) -> None:
        """Paints the hand and, between its far and its near parts, what it holds, `held_depth` metres away.

        With `fingers_below` the held thing rests on the fingers, under the thumb, whatever the depths say.
        """
        self._paint_arm()
        away = self._depth[_BONES].sum(1) / 2.0
        if fingers_below:
            away[3:] = np.maximum(away[3:], held_depth + 0.001)
            away[:3] = np.minimum(away[:3], held_depth - 0.001)
        steps = self._steps(away, with_nails=not fingers_below)
        self._paint_in_order([*steps, (held_depth, paint_held)])

    def _paint_in_order(self, steps: list[_Step]) -> None:
        for _, step in sorted(steps, key=lambda entry: -entry[0]):
            step()

    def _steps(self, away: Array, with_nails: bool) -> list[_Step]:
        """Palm, fingers and details with their depths; `away` `[15]` are the finger bones'."""
        fingers, small = self._outlines()
        steps: list[_Step] = [(float(self._depth[_PALM[[0, 2, 3, 4, 5]]].sum() / 5.0), self._paint_palm)]
        for finger in range(5):
            start = 3 * finger
            steps.append((float(away[start]), self._finger_step(fingers, (start,))))
            rest = (start + 1, start + 2)
            steps.append((float(away[start + 1 : start + 3].sum() / 2.0), self._finger_step(fingers, rest)))
        if self._look.nails and with_nails:
            self._add_details(steps, small)
        return steps

    def _outlines(self) -> tuple[Pixels, Pixels]:
        """Finger bones in three tones `[3, 15, 14, 2]`; nails and knuckles `[8, 14, 2]`."""
        xy, radius = self._xy, self._radius
        ends, thickness = xy[_BONES], radius[_BONES]
        all_ends = np.empty((3 * 15 + 8, 2, 2))
        all_radii = np.empty((3 * 15 + 8, 2))
        for place, (share, _, shift) in enumerate(_TONES):
            part = slice(15 * place, 15 * place + 15)
            all_ends[part] = ends + (shift * thickness)[..., None] * self._towards
            all_radii[part] = np.maximum(thickness * share, 0.4)
        tip, before = xy[_TIPS], xy[_BEFORE_TIPS]
        all_ends[45:49, 0], all_ends[45:49, 1] = 0.3 * before + 0.7 * tip, -0.12 * before + 1.12 * tip
        all_radii[45:49] = 0.5 * radius[_TIPS, None]
        all_ends[49:, 0], all_ends[49:, 1] = xy[_KNUCKLES], 0.8 * xy[_KNUCKLES] + 0.2 * xy[_KNUCKLES + 1]
        all_radii[49:] = 0.6 * radius[_KNUCKLES, None]
        outlines = capsules(all_ends, all_radii)
        return outlines[:45].reshape(3, 15, 14, 2), outlines[45:]

    def _finger_step(self, outlines: Pixels, bones: tuple[int, ...]) -> Callable[[], None]:
        def step() -> None:
            for (_, light, _), shapes in zip(_TONES, outlines, strict=True):
                colour = tone(self._skin, self._shade * light)
                for bone in bones:
                    self._canvas.fill(shapes[bone], colour, self._seen.body)

        return step

    def _add_details(self, steps: list[_Step], small: Pixels) -> None:
        """Nails on the fingers that show their backs, and knuckles."""
        joints = self._seen.joints
        along = joints[_TIPS] - joints[_BEFORE_TIPS]
        x, y, z = (joints[17] - joints[5]) * SIGNS[self._seen.hand]
        outward = np.stack(
            [y * along[:, 2] - z * along[:, 1], z * along[:, 0] - x * along[:, 2], x * along[:, 1] - y * along[:, 0]],
            axis=1,
        )
        view = self._camera.position - joints[_TIPS]
        sizes = np.sqrt((outward**2).sum(1) * (view**2).sum(1))
        visible = (outward * view).sum(1) > 0.25 * sizes
        nail = tone(mix(self._look.skin, (255.0, 214.0, 204.0), 0.5), 1.08 * self._shade)
        for finger in np.flatnonzero(visible & (self._radius[_TIPS] > 1.6)).tolist():
            away = float(self._depth[_TIPS[finger]]) - 0.004
            steps.append((away, partial(self._canvas.fill, small[finger], nail, self._seen.body)))
        if self._dorsal > 0.15:
            blush = tone(mix(self._skin, (225.0, 130.0, 110.0), 0.16), 1.05 * self._shade)
            for finger, knuckle in enumerate(FINGERS):
                away = float(self._depth[knuckle]) - 0.012
                steps.append((away, partial(self._canvas.fill, small[4 + finger], blush, self._seen.body)))

    def _paint_palm(self) -> None:
        xy, radius, body = self._xy, self._radius, self._seen.body
        self._canvas.fill(fixed(xy[[1, 2, 5]]), tone(self._skin, 0.85 * self._shade), body)
        centre = xy[[0, 5, 9, 17]].sum(0) / 4.0
        for shrink, light in ((1.0, 0.74), (0.86, 1.0), (0.58, 1.06)):
            inner = centre + shrink * (xy[_PALM] - centre)
            self._canvas.fill(_round_hull(inner, radius[_PALM] * shrink), tone(self._skin, light * self._shade), body)

    def _paint_arm(self) -> None:
        look, wrist, elbow = self._look, self._seen.joints[0], self._seen.elbow
        sleeve = min(look.sleeve, 1.0)
        places = np.array([0.0, 0.35, 1.0, look.cuff, 0.05, 0.09, sleeve, 0.5 * (sleeve + 1.0), sleeve + 0.035])
        xy, depth = self._camera.project(wrist + places[:, None] * (elbow - wrist))
        thick = look.size * look.stout * (0.0265 + 0.014 * np.minimum(places * 1.6, 1.0)) * self._camera.focal / depth
        tubes = [(0, 1, 1.0, look.arm), (1, 2, 1.0, look.arm)]
        if look.cuff > 0.0:
            tubes.append((0, 3, 1.1, look.skin))
        if look.bracelet is not None:
            tubes.append((4, 5, 1.08, look.bracelet))
        if sleeve < 1.0:
            tubes.append((6, 8, 1.33, tone(look.sleeve_colour, 0.7)))
            tubes += [(8, 7, 1.3, look.sleeve_colour), (7, 2, 1.3, look.sleeve_colour)]
        self._paint_tubes(xy, thick, tubes)
        if sleeve < 1.0:
            self._paint_sleeve(xy[[8, 2]], 1.3 * thick[[8, 2]])

    def _paint_tubes(self, xy: Array, thick: Array, tubes: list[tuple[int, int, float, Colour]]) -> None:
        """Round tubes from one point to another, so many times as thick as the arm."""
        ends = np.array([(first, last) for first, last, _, _ in tubes])
        stout = np.array([[share] for _, _, share, _ in tubes])
        radii = thick[ends] * stout
        shifts = [xy[ends] + (shift * radii)[..., None] * self._towards for shift in (0.0, 0.10, 0.28)]
        shares = [radii * share for share in (1.0, 0.84, 0.48)]
        outlines = capsules(np.concatenate(shifts), np.concatenate(shares)).reshape(3, len(tubes), -1, 2)
        # A tube's dark rim hides the tube before it, but not the lit middle of a tube of its own colour.
        start = 0
        while start < len(tubes):
            stop = start + 1
            while stop < len(tubes) and tubes[stop][3] == tubes[start][3]:
                stop += 1
            for shapes, light in zip(outlines, (0.66, 0.92, 1.08), strict=True):
                for place in range(start, stop):
                    self._canvas.fill(shapes[place], tone(tubes[place][3], self._shade * light), self._seen.body)
            start = stop

    def _paint_sleeve(self, xy: Array, thick: Array) -> None:
        """The pattern of a sleeve that is already painted."""
        look = self._look
        if look.sleeve_pattern == "plain":
            return
        along = xy[1] - xy[0]
        length = max(float(np.hypot(*along)), 1e-6)
        across = np.array([-along[1], along[0]]) / length
        count = int(np.clip(length / (0.55 * thick[0]), 2, 9))
        for place in range(1, count):
            share = place / count
            width = thick[0] + share * (thick[1] - thick[0])
            self._paint_mark(xy[0] + share * along, 0.13 * width * along / length, width * across, place)

    def _paint_mark(self, middle: Array, along: Array, across: Array, place: int) -> None:
        """One stripe across the sleeve, or one row of its checks or dots."""
        look, body = self._look, self._seen.body
        colour = tone(look.sleeve_other, self._shade)
        if look.sleeve_pattern == "stripes":
            corners = [
                middle - across - along,
                middle + across - along,
                middle + across + along,
                middle - across + along,
            ]
            self._canvas.fill(fixed(np.array(corners)), colour, body)
            return
        for step in (-0.55, 0.1, 0.7) if place % 2 else (-0.8, -0.2, 0.4):
            spot = middle + step * across
            if look.sleeve_pattern == "dots":
                size = 0.18 * float(np.hypot(*across))
                self._canvas.fill(fixed(spot + size * _CIRCLE), colour, body)
                continue
            half = 0.28 * across
            corners = [
                spot - half - 1.6 * along,
                spot + half - 1.6 * along,
                spot + half + 1.6 * along,
                spot - half + 1.6 * along,
            ]
            self._canvas.fill(fixed(np.array(corners)), colour, body)


def _round_hull(points: Array, radius: Array) -> Pixels:
    """The convex outline (fixed-point) around discs."""
    discs = points[:, None] + radius[:, None, None] * _CIRCLE
    hull: Pixels = cv2.convexHull(fixed(discs.reshape(-1, 2)))
    return hull

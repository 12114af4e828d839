"""Painting hands: a palm, fingers that overlap by depth around what they hold, forearm and sleeve."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from egograph.data.toy_kitchen.camera import Camera
from egograph.data.toy_kitchen.hands import FINGERS, RADII, SIGNS
from egograph.data.toy_kitchen.looks import HandLook, Light
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, Colour, Pixels, capsules, fixed, mix, tone

# Each finger's bones as pairs of joints: the first is painted apart, so that a held thing can lie between it and the rest.
_BONES = np.array([(first + bone, first + bone + 1) for first in (1, *FINGERS) for bone in range(3)])
# Rim, body and ridge of light of a finger: share of its thickness, share of light, shift towards the light.
_TONES = ((1.0, 0.66, 0.0), (0.80, 1.0, 0.10), (0.42, 1.13, 0.26))


@dataclass(frozen=True)
class SeenHand:
    """One hand in one frame: joints and elbow in the world, `[21, 3]` and `[3]`, its back's normal `[3]`, its side."""

    hand: int
    body: int
    joints: Array
    elbow: Array
    back: Array


def paint_hand(
    canvas: Canvas,
    seen: SeenHand,
    camera: Camera,
    look: HandLook,
    light: Light,
    held_depth: float | None,
    paint_held: Callable[[], None] | None,
) -> None:
    """Paints a hand and, between its far and its near parts, what it holds (at `held_depth` metres from the camera)."""
    xy, depth = camera.project(seen.joints)
    radius = RADII * look.size * look.stout * camera.focal / depth
    towards = _light_in_image(camera, light)
    strokes = _finger_strokes(xy, radius, towards)
    shade = _shade(seen, light)
    view = camera.position - seen.joints[9]
    dorsal = float(seen.back @ view / np.linalg.norm(view))
    skin = mix(look.palm, look.skin, float(np.clip(0.5 + 1.2 * dorsal, 0.0, 1.0)))

    steps: list[tuple[float, Callable[[], None]]] = []
    for finger in range(5):
        start = 3 * finger
        for bones in ((start,), (start + 1, start + 2)):
            away = float(depth[_BONES[list(bones)]].mean())
            steps.append((away, _finger_step(canvas, strokes, bones, skin, shade, seen.body)))
        if look.nails and finger:
            steps.append(
                (
                    float(depth[4 + 4 * finger]) - 0.004,
                    _nail_step(canvas, seen, camera, finger, xy, radius, look, shade),
                )
            )
    palm_depth = float(depth[[0, 5, 9, 13, 17]].mean())
    steps.append((palm_depth, lambda: _paint_palm(canvas, xy, radius, skin, shade, dorsal, look, seen.body)))
    if paint_held is not None and held_depth is not None:
        steps.append((held_depth, paint_held))
    _paint_arm(canvas, seen, camera, look, light, shade)
    for _, step in sorted(steps, key=lambda entry: -entry[0]):
        step()


def _light_in_image(camera: Camera, light: Light) -> Array:
    seen = camera.turn @ light.towards
    return np.asarray(seen[:2] / max(float(np.linalg.norm(seen[:2])), 1e-6))


def _shade(seen: SeenHand, light: Light) -> float:
    return light.ambient + light.diffuse * (0.35 + 0.5 * max(float(seen.back @ light.towards), 0.0))


def _finger_strokes(xy: Array, radius: Array, towards: Array) -> list[Pixels]:
    """For each tone the outlines of all finger bones, `[15, 14, 2]`."""
    ends, thickness = xy[_BONES], radius[_BONES]
    return [
        capsules(ends + (shift * thickness)[..., None] * towards, np.maximum(thickness * share, 0.4))
        for share, _, shift in _TONES
    ]


def _finger_step(
    canvas: Canvas, strokes: list[Pixels], bones: tuple[int, ...], skin: Colour, shade: float, body: int
) -> Callable[[], None]:
    def step() -> None:
        for (_, light, _), outlines in zip(_TONES, strokes, strict=True):
            colour = tone(skin, shade * light)
            for bone in bones:
                canvas.fill(outlines[bone], colour, body)

    return step


def _nail_step(
    canvas: Canvas, seen: SeenHand, camera: Camera, finger: int, xy: Array, radius: Array, look: HandLook, shade: float
) -> Callable[[], None]:
    tip, before = 4 + 4 * finger, 3 + 4 * finger
    along = seen.joints[tip] - seen.joints[before]
    across = seen.joints[17] - seen.joints[5]
    outward = SIGNS[seen.hand] * np.cross(across, along)
    visible = float(outward @ (camera.position - seen.joints[tip])) > 0.25 * float(
        np.linalg.norm(outward) * np.linalg.norm(camera.position - seen.joints[tip])
    )

    def step() -> None:
        if not visible or radius[tip] < 1.6:
            return
        ends = np.stack([0.25 * xy[before] + 0.75 * xy[tip], -0.15 * xy[before] + 1.15 * xy[tip]])
        outline = capsules(ends[None], np.full((1, 2), 0.5 * radius[tip]))[0]
        canvas.fill(outline, tone(mix(look.skin, (255.0, 214.0, 204.0), 0.5), 1.08 * shade), seen.body)

    return step


def _paint_palm(
    canvas: Canvas, xy: Array, radius: Array, skin: Colour, shade: float, dorsal: float, look: HandLook, body: int
) -> None:
    rim = _round_hull(xy[[0, 1, 5, 9, 13, 17]], radius[[0, 1, 5, 9, 13, 17]] * (0.95, 1.0, 1.0, 1.0, 1.0, 1.0))
    web = fixed(xy[[1, 2, 5]])
    canvas.fill(web, tone(skin, 0.85 * shade), body)
    canvas.fill(rim, tone(skin, 0.74 * shade), body)
    centre = xy[[0, 5, 9, 17]].mean(0)
    for shrink, light in ((0.88, 1.0), (0.62, 1.06)):
        inner = centre + shrink * (xy[[0, 1, 5, 9, 13, 17]] - centre)
        canvas.fill(_round_hull(inner, radius[[0, 1, 5, 9, 13, 17]] * shrink * 0.9), tone(skin, light * shade), body)
    if dorsal > 0.15 and look.nails:
        for knuckle in FINGERS:
            spot = _round_hull(xy[[knuckle]], radius[[knuckle]] * 0.62)
            canvas.fill(spot, tone(mix(skin, (225.0, 130.0, 110.0), 0.16), 1.05 * shade), body)


def _round_hull(points: Array, radius: Array) -> Pixels:
    """The convex outline (fixed-point) around discs."""
    angle = np.arange(10) * (2.0 * np.pi / 10)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    discs = points[:, None] + radius[:, None, None] * circle
    hull: Pixels = cv2.convexHull(fixed(discs.reshape(-1, 2)))
    return hull


def _paint_arm(canvas: Canvas, seen: SeenHand, camera: Camera, look: HandLook, light: Light, shade: float) -> None:
    stretch = np.array([0.0, 0.06, 0.25, 0.5, 1.0])
    cuffs = [place for place in (look.cuff, look.sleeve) if 0.0 < place < 1.0]
    places = np.unique(np.concatenate([stretch, cuffs, np.linspace(0.0, 1.0, 13) if look.sleeve < 1.0 else []]))
    line = seen.joints[0] + places[:, None] * (seen.elbow - seen.joints[0])
    xy, depth = camera.project(line)
    thick = look.size * look.stout * (0.0265 + 0.017 * np.minimum(places * 1.6, 1.0)) * camera.focal / depth
    towards = _light_in_image(camera, light)
    _paint_tube(canvas, xy, thick, look.arm, shade, towards, seen.body)
    if look.cuff > 0.0:
        chosen = places <= look.cuff
        _paint_tube(canvas, xy[chosen], thick[chosen] * 1.1, look.skin, shade, towards, seen.body)
    if look.bracelet is not None:
        _paint_tube(canvas, xy[:2] + 0.6 * (xy[1] - xy[0]), thick[:2] * 1.08, look.bracelet, shade, towards, seen.body)
    if look.sleeve < 1.0:
        chosen = places >= look.sleeve
        _paint_sleeve(canvas, xy[chosen], thick[chosen] * 1.32, look, shade, towards, seen.body)


def _paint_tube(
    canvas: Canvas, xy: Array, thick: Array, colour: Colour, shade: float, towards: Array, body: int
) -> None:
    if len(xy) < 2:
        return
    ends, radii = np.stack([xy[:-1], xy[1:]], axis=1), np.stack([thick[:-1], thick[1:]], axis=1)
    for share, light, shift in ((1.0, 0.68, 0.0), (0.84, 0.92, 0.10), (0.5, 1.08, 0.26)):
        for outline in capsules(ends + (shift * radii)[..., None] * towards, radii * share):
            canvas.fill(outline, tone(colour, shade * light), body)


def _paint_sleeve(
    canvas: Canvas, xy: Array, thick: Array, look: HandLook, shade: float, towards: Array, body: int
) -> None:
    if len(xy) < 2:
        return
    _paint_tube(canvas, xy, thick, look.sleeve_colour, shade, towards, body)
    if look.sleeve_pattern != "plain":
        for place in range(1, len(xy) - 1):
            along = (xy[place + 1] - xy[place]) * 0.3
            across = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-6) * thick[place]
            _paint_mark(canvas, xy[place], along, across, look, shade, place, body)
    cuff = capsules(xy[None, :2] + 0.0, np.array([[thick[0] * 1.04, thick[0] * 1.0]]))[0]
    edge = xy[0] + 0.12 * (xy[1] - xy[0])
    canvas.fill(cuff, tone(look.sleeve_colour, 0.72 * shade), body)
    inner = np.stack([edge, xy[1]])[None]
    canvas.fill(capsules(inner, thick[None, :2] * 0.86)[0], tone(look.sleeve_colour, 0.98 * shade), body)


def _paint_mark(
    canvas: Canvas, middle: Array, along: Array, across: Array, look: HandLook, shade: float, place: int, body: int
) -> None:
    """One stripe across the sleeve, or one row of its checks or dots."""
    colour = tone(look.sleeve_other, shade)
    if look.sleeve_pattern == "stripes":
        corners = [middle - across - along, middle + across - along, middle + across + along, middle - across + along]
        canvas.fill(fixed(np.array(corners)), colour, body)
        return
    half = 0.26 if look.sleeve_pattern == "checks" else 0.16
    for step in (-0.55, 0.1, 0.7) if place % 2 else (-0.8, -0.2, 0.4):
        spot = middle + step * across
        if look.sleeve_pattern == "dots":
            canvas.fill(_round_hull(spot[None], np.array([half * float(np.hypot(*across))])), colour, body)
            continue
        corners = [spot - half * across - along, spot + half * across - along, spot + half * across + along]
        canvas.fill(fixed(np.array([*corners, spot - half * across + along])), colour, body)

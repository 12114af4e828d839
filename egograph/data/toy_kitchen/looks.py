"""How one video looks: its colours, surfaces, light, hands and picture quality."""

import colorsys
from dataclasses import dataclass

import numpy as np

from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Colour, mix
from egograph.data.toy_kitchen.splits import LookRange, Range


@dataclass(frozen=True)
class HandLook:
    """How both hands look.

    Attributes:
        skin: colour of the hand: skin, or the glove's.
        palm: colour of its inner side.
        nails: whether nails and knuckles are seen (not through a glove).
        arm: colour of the bare forearm.
        cuff: where on the forearm (0 wrist, 1 elbow) the glove ends; 0 without glove.
        sleeve: where the sleeve begins; 1 and above is bare.
        sleeve_colour: the sleeve's colour.
        sleeve_other: the second colour of its pattern.
        sleeve_pattern: "plain", "stripes", "checks" or "dots".
        bracelet: colour of a watch or bracelet, or None.
        size: how large the hands are, 1 is average.
        stout: how thick the fingers are, 1 is average.
    """

    skin: Colour
    palm: Colour
    nails: bool
    arm: Colour
    cuff: float
    sleeve: float
    sleeve_colour: Colour
    sleeve_other: Colour
    sleeve_pattern: str
    bracelet: Colour | None
    size: float
    stout: float


@dataclass(frozen=True)
class Light:
    """The light: unit vector towards it, and how much comes from everywhere and from there."""

    towards: Array
    ambient: float
    diffuse: float
    shadow: float


@dataclass(frozen=True)
class Picture:
    """What the camera makes of it.

    Attributes:
        gain: `[3]`, factor a colour channel (white balance, tint of the light, exposure).
        drift: size of the slow change of exposure.
        gamma: exponent of the tone curve.
        vignette: how much darker the corners are, 0..1.
        noise: standard deviation, grey levels.
        defocus: standard deviation, pixels.
        shutter: share of the time between frames for which the shutter is open at 16 frames a second.
        haze: grey added by stray light.
    """

    gain: Array
    drift: float
    gamma: float
    vignette: float
    noise: float
    defocus: float
    shutter: float
    haze: float


@dataclass(frozen=True)
class Surface:
    """A flat surface's pattern, its two colours and its scale in metres."""

    pattern: str
    colour: Colour
    other: Colour
    scale: float


@dataclass(frozen=True)
class Look:
    """How one video looks."""

    counter: Surface
    wall: Surface
    floor: Colour
    cabinet: Colour
    hands: HandLook
    light: Light
    picture: Picture


class Paints:
    """Draws colours from a split's stretches of the colour circle."""

    def __init__(self, hues: tuple[Range, ...], rng: np.random.Generator) -> None:
        self._hues = hues
        self._rng = rng

    def hue(self, hues: tuple[Range, ...] | None = None) -> float:
        """A hue, 0..1."""
        stretches = np.array(hues or self._hues)
        lengths = stretches[:, 1] - stretches[:, 0]
        low, high = stretches[self._rng.choice(len(stretches), p=lengths / lengths.sum())]
        return float(self._rng.uniform(low, high))

    def bright(self) -> Colour:
        """Paint or plastic."""
        return hsv(self.hue(), self._rng.uniform(0.35, 0.85), self._rng.uniform(0.45, 0.95))

    def pale(self) -> Colour:
        """White, cream or another pale colour."""
        return hsv(self.hue(), self._rng.uniform(0.0, 0.16), self._rng.uniform(0.78, 1.0))

    def dark(self) -> Colour:
        """Black or another dark colour."""
        return hsv(self.hue(), self._rng.uniform(0.0, 0.4), self._rng.uniform(0.10, 0.30))

    def metal(self) -> Colour:
        """Steel, or sometimes brass or copper."""
        if self._rng.random() < 0.12:
            return hsv(self._rng.uniform(0.06, 0.12), 0.45, self._rng.uniform(0.6, 0.85))
        return hsv(0.58, self._rng.uniform(0.0, 0.08), self._rng.uniform(0.55, 0.88))

    def wood(self) -> Colour:
        """Pale to dark wood."""
        return hsv(self._rng.uniform(0.06, 0.11), self._rng.uniform(0.3, 0.65), self._rng.uniform(0.3, 0.85))

    def any(self, *kinds: str) -> Colour:
        """One of the kinds named."""
        chosen: Colour = getattr(self, kinds[self._rng.integers(len(kinds))])()
        return chosen

    def near(self, hue: float, spread: float, strong: Range, light: Range) -> Colour:
        """A colour near a hue: what food has."""
        hue = (hue + self._rng.uniform(-spread, spread)) % 1.0
        return hsv(hue, self._rng.uniform(*strong), self._rng.uniform(*light))


def hsv(hue: float, strong: float, light: float) -> Colour:
    """A colour 0..255 from hue, saturation and value 0..1."""
    red, green, blue = colorsys.hsv_to_rgb(hue, strong, light)
    return red * 255.0, green * 255.0, blue * 255.0


def draw_look(choice: LookRange, rng: np.random.Generator) -> Look:
    """One video's look from a split's range."""
    paints = Paints(choice.hues, rng)
    return Look(
        counter=_surface(choice.counters, paints, rng, (0.10, 0.30)),
        wall=_surface(choice.walls, paints, rng, (0.08, 0.18)),
        floor=paints.any("wood", "dark", "pale"),
        cabinet=paints.any("wood", "pale", "bright", "dark"),
        hands=_hands(choice, paints, rng),
        light=_light(choice, rng),
        picture=_picture(choice, paints, rng),
    )


def _surface(patterns: tuple[str, ...], paints: Paints, rng: np.random.Generator, scale: Range) -> Surface:
    pattern = patterns[rng.integers(len(patterns))]
    if pattern == "wood":
        colour = paints.wood()
        return Surface(pattern, colour, mix(colour, (30.0, 18.0, 10.0), rng.uniform(0.4, 0.8)), rng.uniform(*scale))
    colour = paints.any("pale", "pale", "dark", "bright", "metal")
    colour = mix(colour, (128.0, 128.0, 128.0), rng.uniform(0.0, 0.4))
    other = mix(colour, paints.any("pale", "dark"), rng.uniform(0.3, 0.8))
    return Surface(pattern, colour, other, rng.uniform(*scale))


def _hands(choice: LookRange, paints: Paints, rng: np.random.Generator) -> HandLook:
    place = rng.uniform(0, len(choice.skins) - 1)
    below = int(place)
    skin = mix(choice.skins[below], choice.skins[min(below + 1, len(choice.skins) - 1)], place - below)
    skin = mix(skin, (230.0, 120.0, 100.0), rng.uniform(0.0, 0.12))
    gloved = rng.random() < choice.gloved
    glove = _glove(choice, paints, rng)
    long_sleeve = rng.random() < 0.5
    return HandLook(
        skin=glove if gloved else skin,
        palm=mix(glove, (255.0, 255.0, 255.0), 0.06) if gloved else mix(skin, (236.0, 178.0, 156.0), 0.35),
        nails=not gloved,
        arm=skin,
        cuff=rng.uniform(0.06, 0.35) if gloved else 0.0,
        sleeve=rng.uniform(0.08, 0.5) if long_sleeve else rng.uniform(0.75, 2.0),
        sleeve_colour=paints.any("bright", "dark", "pale"),
        sleeve_other=paints.any("bright", "dark", "pale"),
        sleeve_pattern=choice.sleeves[rng.integers(len(choice.sleeves))],
        bracelet=paints.any("metal", "dark", "bright") if not gloved and rng.random() < 0.25 else None,
        size=rng.uniform(1.0, 1.25),
        stout=rng.uniform(0.9, 1.15),
    )


def _glove(choice: LookRange, paints: Paints, rng: np.random.Generator) -> Colour:
    hue = paints.hue(choice.glove_hues)
    if rng.random() < 0.25:
        return hsv(hue, rng.uniform(0.02, 0.1), 0.92)
    return hsv(hue, rng.uniform(0.55, 0.95), rng.uniform(0.4, 0.95))


def _light(choice: LookRange, rng: np.random.Generator) -> Light:
    low, high = choice.light_side[rng.integers(len(choice.light_side))]
    side, height = np.radians(rng.uniform(low, high)), np.radians(rng.uniform(*choice.light_height))
    towards = np.array([np.cos(side) * np.cos(height), np.sin(side) * np.cos(height), np.sin(height)])
    ambient = rng.uniform(0.45, 0.72)
    return Light(towards, ambient, 1.08 - ambient, rng.uniform(0.25, 0.6))


def _picture(choice: LookRange, paints: Paints, rng: np.random.Generator) -> Picture:
    tint = np.array(hsv(paints.hue(choice.light_hues), 1.0, 1.0)) / 255.0
    share = rng.uniform(*choice.tint)
    gain = (1.0 - share) + share * tint
    gain *= rng.uniform(0.85, 1.2) / gain.mean()
    return Picture(
        gain=gain,
        drift=rng.uniform(0.0, 0.08),
        gamma=rng.uniform(0.85, 1.1),
        vignette=rng.uniform(0.0, 0.45),
        noise=rng.uniform(0.5, 4.5),
        defocus=rng.choice([0.0, 0.0, rng.uniform(0.4, 0.8)]),
        shutter=rng.uniform(0.1, 0.6),
        haze=rng.uniform(0.0, 14.0),
    )

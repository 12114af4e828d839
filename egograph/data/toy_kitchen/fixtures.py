"""What is built in: cupboard, drawer, fridge, bin, tap over a sink, hob; their moving parts and handles."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from egograph.data.toy_kitchen.looks import Paints
from egograph.data.toy_kitchen.motion import Array, Piece, Poses, turns_about
from egograph.data.toy_kitchen.paint import Colour, mix, tone
from egograph.data.toy_kitchen.solids import SIDES, Solid
from egograph.data.toy_kitchen.workshop import Workshop

COUNTER_DEPTH = 0.62
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Hinge:
    """How a part moves as its level goes from 0 to 1: turned by `angle` about `axis`, then shifted by `slide`."""

    origin: Point
    axis: Point = (0.0, 0.0, 1.0)
    angle: float = 0.0
    slide: Point = (0.0, 0.0, 0.0)

    def piece(self, level: Callable[[Array], Array]) -> Piece:
        """The moving part's poses, given its level over time."""

        def at(times: Array) -> Poses:
            share = level(times)
            position = np.array(self.origin) + share[:, None] * np.array(self.slide)
            return Poses(position, turns_about(np.array(self.axis), share * self.angle))

        return at


@dataclass(frozen=True)
class Fixture:
    """One fixture.

    Attributes:
        noun: EPIC class name.
        base: what never moves, in world axes, or None.
        base_shown: whether the base belongs to the annotated object.
        moving: the part that moves, in its own axes.
        hinge: how.
        grasp: how a hand holds its handle: "hook" (upright bar), "pull" (level bar), "lever", "knob" or "edge".
        grip: where, in the moving part's axes.
        side: on which side its room is needed: where the handle goes, world axes.
        layer: "under" the counter, "flat" on it, "wall" or "standing" on the counter.
        mouth: centre of its opening, world axes (bin, drawer, sink), where something can be put in.
    """

    noun: str
    base: Solid | None
    base_shown: bool
    moving: Solid
    hinge: Hinge
    grasp: str
    grip: Point
    layer: str
    mouth: Point = (0.0, 0.0, 0.0)


def make_cupboard(x: float, colour: Colour, paints: Paints, rng: np.random.Generator) -> Fixture:
    """A cupboard on the wall, its door hinged at one side."""
    wide, low, high, front = 0.33, 0.21, 0.60, 0.46
    left = x - wide / 2
    inside = mix(colour, (60.0, 45.0, 35.0), 0.6)
    shop = Workshop()
    shop.block((wide, COUNTER_DEPTH - front, high - low), tone(colour, 0.85), corner=(left, front, low))
    opening = [[(left + 0.012, front - 0.001, low + 0.012), (left + wide - 0.012, front - 0.001, low + 0.012)]]
    opening[0] += [(left + wide - 0.012, front - 0.001, high - 0.01), (left + 0.012, front - 0.001, high - 0.01)]
    shop.faces(
        opening + _stock(left + 0.02, wide - 0.04, (low + 0.02, low + 0.20), front, rng, 4),
        [inside, *_paint(paints, 8)],
    )
    door, grip, sign = _door(wide, high - low, colour, paints, rng, handle_low=True)
    hinge = Hinge((left if sign > 0 else left + wide, front - 0.003, low), angle=-sign * 1.75)
    return Fixture("cupboard", shop.finish(in_order=True), False, door, hinge, "hook", grip, "wall")


def make_fridge(x: float, paints: Paints, rng: np.random.Generator) -> Fixture:
    """A fridge that stands at the back of the counter."""
    colour = paints.any("pale", "pale", "metal", "bright")
    wide, high, front = 0.40, 0.66, 0.40
    left = x - wide / 2
    shop = Workshop()
    shop.block((wide, COUNTER_DEPTH - front, high), tone(colour, 0.9), corner=(left, front, 0.0))
    y = front - 0.001
    inner = [
        (left + 0.015, y, 0.03),
        (left + wide - 0.015, y, 0.03),
        (left + wide - 0.015, y, high - 0.02),
        (left + 0.015, y, high - 0.02),
    ]
    shelves = []
    for height in (0.22, 0.42):
        shelves.append(
            [
                (left + 0.02, y - 0.001, height),
                (left + wide - 0.02, y - 0.001, height),
                (left + wide - 0.02, y - 0.001, height + 0.012),
                (left + 0.02, y - 0.001, height + 0.012),
            ]
        )
    stock = _stock(left + 0.03, wide - 0.06, (0.04, 0.235), front, rng, 4)
    shop.faces(
        [inner, *stock, *shelves], [(240.0, 245.0, 235.0), *_paint(paints, len(stock)), *[(170.0, 185.0, 190.0)] * 2]
    )
    door, grip, sign = _door(wide, high, colour, paints, rng, handle_low=False)
    hinge = Hinge((left if sign > 0 else left + wide, front - 0.003, 0.0), angle=-sign * 1.5)
    return Fixture("fridge", shop.finish(in_order=True), False, door, hinge, "hook", grip, "wall")


def _door(
    wide: float, high: float, colour: Colour, paints: Paints, rng: np.random.Generator, handle_low: bool
) -> tuple[Solid, Point, float]:
    """A door hinged along z at its own origin; gives the door, its handle's middle and where it extends (x sign)."""
    sign = 1.0 if rng.random() < 0.5 else -1.0
    corner = (0.0 if sign > 0 else -wide, -0.02, 0.0)
    shop = Workshop()
    shop.block((wide, 0.02, high), colour, corner=corner)
    middle = sign * wide / 2
    x, low, top = 0.36 * wide, 0.12 * high, 0.88 * high
    if rng.random() < 0.5:
        panel = mix(colour, (0.0, 0.0, 0.0) if rng.random() < 0.5 else (255.0, 255.0, 255.0), 0.12)
        face = [
            (middle - x, -0.021, low),
            (middle + x, -0.021, low),
            (middle + x, -0.021, top),
            (middle - x, -0.021, top),
        ]
        shop.patch(face, panel)
    centre = 0.20 * high if handle_low else 0.45 * high
    edge, half = sign * (wide - 0.035), 0.055
    handle = paints.any("metal", "dark", "metal")
    shop.rod(
        [
            (edge, -0.022, centre - half),
            (edge, -0.05, centre - half),
            (edge, -0.05, centre + half),
            (edge, -0.022, centre + half),
        ],
        0.0075,
        handle,
    )
    return shop.finish(in_order=True), (edge, -0.05, centre), sign


def _stock(
    left: float, wide: float, shelf: tuple[float, float], front: float, rng: np.random.Generator, count: int
) -> list[list[Point]]:
    """Fronts of things on two shelves."""
    faces: list[list[Point]] = []
    for low in shelf:
        step = wide / count
        for place in range(count):
            x, width = left + (place + rng.uniform(0.05, 0.2)) * step, rng.uniform(0.5, 0.8) * step
            top, y = low + rng.uniform(0.06, 0.15), front - 0.002
            faces.append([(x, y, low), (x + width, y, low), (x + width, y, top), (x, y, top)])
    return faces


def _paint(paints: Paints, count: int) -> list[Colour]:
    return [paints.any("bright", "pale", "dark") for _ in range(count)]


def make_drawer(x: float, colour: Colour, paints: Paints, rng: np.random.Generator) -> Fixture:
    """A drawer below the counter's front edge, that slides towards the body."""
    wide, low, high = 0.34, -0.17, -0.05
    half = wide / 2
    shop = Workshop()
    shop.trough(
        (-half + 0.012, 0.0, low + 0.01),
        (half - 0.012, 0.27, high - 0.015),
        tone(colour, 0.7),
        mix(colour, (200.0, 190.0, 175.0), 0.5),
    )
    for _ in range(4):
        place = rng.uniform(-half + 0.05, half - 0.05)
        shop.rod(
            [(place, 0.05, low + 0.02), (place + rng.uniform(-0.02, 0.02), 0.22, low + 0.02)],
            0.006,
            paints.any("metal", "wood", "bright"),
        )
    shop.block((wide, 0.018, high - low), colour, corner=(-half, -0.018, low), top=tone(colour, 1.05))
    handle = paints.any("metal", "dark", "metal")
    middle = (low + high) / 2
    shop.rod(
        [(-0.06, -0.02, middle), (-0.06, -0.05, middle), (0.06, -0.05, middle), (0.06, -0.02, middle)], 0.0075, handle
    )
    hinge = Hinge((x, -0.004, 0.0), slide=(0.0, -0.24, 0.0))
    return Fixture(
        "drawer", None, False, shop.finish(), hinge, "pull", (0.0, -0.05, middle), "under", (0.0, 0.13, low + 0.012)
    )


def make_bin(x: float, y: float, paints: Paints, rng: np.random.Generator) -> Fixture:
    """A caddy on the counter, its lid hinged at the back."""
    colour, lid = paints.any("bright", "dark", "metal", "pale"), paints.any("bright", "dark", "metal")
    half, tall = 0.088, 0.19
    shop = Workshop()
    shop.trough((x - half, y - half, 0.0), (x + half, y + half, tall), colour, mix(colour, (25.0, 25.0, 25.0), 0.75))
    cover = Workshop()
    cover.block(
        (2 * half + 0.012, 2 * half + 0.012, 0.016),
        lid,
        corner=(-half - 0.006, -2 * half - 0.006, 0.0),
        top=mix(lid, (255.0, 255.0, 255.0), 0.1),
    )
    cover.block((0.05, 0.022, 0.012), tone(lid, 0.7), corner=(-0.025, -2 * half - 0.028, 0.002))
    hinge = Hinge((x, y + half, tall), axis=(1.0, 0.0, 0.0), angle=-1.75)
    return Fixture(
        "bin",
        shop.finish(),
        True,
        cover.finish(),
        hinge,
        "edge",
        (0.0, -2 * half - 0.018, 0.008),
        "standing",
        (x, y, 0.01),
    )


@dataclass(frozen=True)
class Sink:
    """A sink: where it is, what is painted, where its water falls (spout's tip) and its floor's height."""

    x: float
    solid: Solid
    spout: Point
    floor: float


def make_sink(x: float, paints: Paints) -> Sink:
    """A basin let into the counter."""
    metal = paints.any("metal", "metal", "pale")
    low, high, half = 0.12, 0.40, 0.15
    shop = Workshop()
    rim = 0.018
    for a, b, c, d in (
        (x - half - rim, low - rim, x + half + rim, low),
        (x - half - rim, high, x + half + rim, high + rim),
        (x - half - rim, low, x - half, high),
        (x + half, low, x + half + rim, high),
    ):
        shop.patch(
            [(a, b, 0.001), (c, b, 0.001), (c, d, 0.001), (a, d, 0.001)], mix(metal, (255.0, 255.0, 255.0), 0.25)
        )
    a, b, c, d, floor = x - half, low, x + half, high, -0.14
    shop.faces(
        [
            [(a, b, floor), (c, b, floor), (c, d, floor), (a, d, floor)],
            [(a, d, floor), (c, d, floor), (c, d, 0.0), (a, d, 0.0)],
            [(a, b, floor), (a, d, floor), (a, d, 0.0), (a, b, 0.0)],
            [(c, d, floor), (c, b, floor), (c, b, 0.0), (c, d, 0.0)],
            [(c, b, floor), (a, b, floor), (a, b, 0.0), (c, b, 0.0)],
        ],
        [tone(metal, share) for share in (0.8, 0.62, 0.55, 0.55, 0.5)],
    )
    disc = np.arange(SIDES) * 2.0 * np.pi / SIDES
    shop.patch([(x + 0.022 * np.cos(t), 0.26 + 0.022 * np.sin(t), floor + 0.001) for t in disc], tone(metal, 0.3))
    return Sink(x, shop.finish(in_order=True), (x, 0.30, 0.185), floor)


def make_tap(x: float, paints: Paints, rng: np.random.Generator) -> Fixture:
    """A tap behind the sink, with a lever beside the spout."""
    metal = paints.any("metal", "metal", "dark")
    base = Workshop()
    base.rod(
        [(x, 0.455, 0.0), (x, 0.455, 0.19), (x, 0.435, 0.225), (x, 0.37, 0.235), (x, 0.32, 0.225), (x, 0.30, 0.19)],
        0.0125,
        metal,
    )
    sign = 1.0 if rng.random() < 0.5 else -1.0
    pivot = x + sign * 0.085
    base.turn([(0.020, 0.0), (0.017, 0.06)], [metal], origin=(pivot, 0.44, 0.0))
    lever = Workshop()
    lever.turn([(0.019, 0.0), (0.016, 0.022)], [metal])
    lever.rod([(0.0, 0.0, 0.014), (0.0, -0.05, 0.026), (0.0, -0.10, 0.036)], (0.010, 0.009, 0.011), metal)
    hinge = Hinge((pivot, 0.44, 0.062), angle=sign * 1.25)
    return Fixture("tap", base.finish(), True, lever.finish(), hinge, "lever", (0.0, -0.085, 0.036), "standing")


@dataclass(frozen=True)
class Ring:
    """A hob's hot ring: centre and radius."""

    centre: Point
    radius: float


def make_hob(x: float, paints: Paints, rng: np.random.Generator) -> tuple[Fixture, Ring]:
    """A glass hob with two rings and a knob; the front ring is the one that the knob heats."""
    glass = paints.dark() if rng.random() < 0.8 else paints.metal()
    mark = mix(glass, (200.0, 200.0, 200.0), 0.45)
    wide, low, high = 0.34, 0.04, 0.52
    shop = Workshop()
    z = 0.003
    a, c = x - wide / 2, x + wide / 2
    shop.patch([(a, low, z), (c, low, z), (c, high, z), (a, high, z)], glass)
    shift = 0.04 if rng.random() < 0.5 else -0.04
    front, back = (x + shift, 0.235), (x - shift, 0.42)
    for (u, v), radius in ((front, 0.085), (back, 0.07)):
        for share, colour in ((1.0, mark), (0.93, glass), (0.5, mark), (0.44, glass)):
            circle = [
                (u + share * radius * np.cos(t), v + share * radius * np.sin(t), z + 0.0005)
                for t in np.arange(SIDES) * 2.0 * np.pi / SIDES
            ]
            shop.patch(circle, colour)
    knob = Workshop()
    tint = paints.any("metal", "dark", "pale")
    knob.turn([(0.024, 0.0), (0.021, 0.026)], [mix(tint, (128.0, 128.0, 128.0), 0.2), tint])
    knob.patch(
        [(-0.004, 0.0, 0.0265), (0.004, 0.0, 0.0265), (0.004, 0.02, 0.0265), (-0.004, 0.02, 0.0265)],
        mix(tint, (255.0, 40.0, 30.0), 0.8),
    )
    hinge = Hinge((x, 0.085, z), angle=-1.9)
    fixture = Fixture(
        "hob", shop.finish(in_order=True), True, knob.finish(in_order=True), hinge, "knob", (0.0, 0.0, 0.022), "flat"
    )
    return fixture, Ring((*front, z + 0.001), 0.085)

"""The splits: what each one draws its looks, its camera and its actions from."""

from dataclasses import dataclass

from egograph.data.toy_kitchen.paint import Colour
from egograph.errors import EgographError

Range = tuple[float, float]


@dataclass(frozen=True)
class LookRange:
    """What a split's looks are drawn from.

    Attributes:
        counters: patterns of the counter.
        walls: patterns of the wall.
        sleeves: patterns of sleeves.
        hues: stretches of the colour circle (0..1) for paint, cloth and plastic.
        glove_hues: stretches of the colour circle for gloves.
        skins: tones between which bare skin lies, dark to light.
        gloved: share of videos with gloves.
        light_hues: stretches of the colour circle from which the light is tinted.
        tint: how strongly, 0..1.
        light_side: degrees, where the light comes from, 0 is from the right, 90 from the wall.
        light_height: degrees above the counter.
    """

    counters: tuple[str, ...]
    walls: tuple[str, ...]
    sleeves: tuple[str, ...]
    hues: tuple[Range, ...]
    glove_hues: tuple[Range, ...]
    skins: tuple[Colour, ...]
    gloved: float
    light_hues: tuple[Range, ...]
    tint: Range
    light_side: tuple[Range, ...]
    light_height: Range


@dataclass(frozen=True)
class CameraRange:
    """What a split's camera is drawn from: metres, degrees of horizontal view, and the units of `HeadMotion`."""

    height: Range
    back: Range
    look_past: Range
    view: Range
    bend: tuple[float, ...]
    sway: Range
    wander: Range
    roll: Range
    speed: Range
    follow: Range
    bob: Range


@dataclass(frozen=True)
class Split:
    """A split's name, the number that sets its seeds apart, and what it draws from.

    `held_out` is true where every video must contain a verb–noun pair that train never has. What is there to train on
    is rendered at the `rates` (frames a second, one drawn for each video) at which it is looked at: train at the fixed
    clock's, stills at one at which neighbouring frames differ. The other splits have the rates of cameras.

    `annotated` is how many frames a second have annotations, at most: few in train, whose nodes are found.
    """

    name: str
    number: int
    look: LookRange
    camera: CameraRange
    held_out: bool
    rates: tuple[int, ...] = (16, 16, 16, 16, 16, 16, 16, 24)
    annotated: int = 4


SEEN_LOOK = LookRange(
    counters=("plain", "wood", "stone", "marble", "tiles"),
    walls=("plain", "tiles", "bricks", "stripes"),
    sleeves=("plain", "stripes"),
    hues=((0.0, 0.16), (0.25, 0.68)),
    glove_hues=((0.52, 0.66), (0.0, 0.03), (0.12, 0.16)),
    skins=(
        (72.0, 46.0, 34.0),
        (106.0, 68.0, 48.0),
        (150.0, 100.0, 72.0),
        (190.0, 138.0, 106.0),
        (222.0, 172.0, 140.0),
        (238.0, 200.0, 178.0),
    ),
    gloved=0.22,
    light_hues=((0.07, 0.13), (0.55, 0.62)),
    tint=(0.0, 0.14),
    light_side=((20.0, 160.0),),
    light_height=(38.0, 75.0),
)
UNSEEN_LOOK = LookRange(
    counters=("checks", "terrazzo", "zigzag"),
    walls=("checks", "dots", "zigzag"),
    sleeves=("checks", "dots"),
    hues=((0.17, 0.24), (0.70, 0.95)),
    glove_hues=((0.70, 0.92), (0.28, 0.42)),
    skins=((54.0, 34.0, 27.0), (62.0, 40.0, 30.0), (168.0, 98.0, 82.0), (246.0, 216.0, 200.0)),
    gloved=0.45,
    light_hues=((0.80, 0.95), (0.28, 0.40)),
    tint=(0.15, 0.28),
    light_side=((-70.0, 0.0), (180.0, 250.0)),
    light_height=(25.0, 38.0),
)
SEEN_CAMERA = CameraRange(
    height=(0.54, 0.68),
    back=(0.12, 0.24),
    look_past=(0.02, 0.14),
    view=(52.0, 66.0),
    bend=(0.0, 0.0, 0.12, 0.22),
    sway=(0.004, 0.02),
    wander=(0.005, 0.03),
    roll=(0.0, 0.06),
    speed=(0.6, 1.4),
    follow=(0.75, 0.98),
    bob=(0.0, 0.0),
)
UNSEEN_CAMERA = CameraRange(
    height=(0.69, 0.76),
    back=(0.10, 0.30),
    look_past=(0.02, 0.14),
    view=(67.0, 74.0),
    bend=(0.30, 0.36),
    sway=(0.03, 0.05),
    wander=(0.04, 0.07),
    roll=(0.10, 0.18),
    speed=(1.8, 2.6),
    follow=(0.7, 1.0),
    bob=(0.006, 0.014),
)

SPLITS: dict[str, Split] = {
    split.name: split
    for split in (
        Split("train", 0, SEEN_LOOK, SEEN_CAMERA, held_out=False, rates=(8,), annotated=1),
        Split("val", 1, SEEN_LOOK, SEEN_CAMERA, held_out=False),
        Split("shift_look", 2, UNSEEN_LOOK, SEEN_CAMERA, held_out=False),
        Split("shift_camera", 3, SEEN_LOOK, UNSEEN_CAMERA, held_out=False),
        Split("shift_pairs", 4, SEEN_LOOK, SEEN_CAMERA, held_out=True),
        Split("stills", 5, SEEN_LOOK, SEEN_CAMERA, held_out=False, rates=(1,)),
    )
}


def find_split(name: str) -> Split:
    """A split by its name.

    Raises:
        EgographError: there is no such split.
    """
    if name not in SPLITS:
        raise EgographError(f"toy kitchen: no split {name!r}; choose from {', '.join(SPLITS)}")
    return SPLITS[name]

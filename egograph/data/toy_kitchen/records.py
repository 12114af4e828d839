"""What is noted about a stage: places of things, touches, stays, flows, and the labelled deeds."""

from dataclasses import dataclass

from egograph.data.toy_kitchen.motion import Level
from egograph.data.toy_kitchen.paint import Colour

COUNTER, HELD, INSIDE, BUILT_IN, GONE = "counter", "held", "inside", "built in", "gone"


@dataclass(frozen=True)
class Place:
    """Where a thing is: on the counter, held by hand `other`, inside thing `other`, in fixture `where`, or gone."""

    kind: str
    other: int = -1
    where: str = ""


@dataclass(frozen=True)
class Touch:
    """A hand holds or works an entity (things first, then fixtures) between two times in seconds."""

    hand: int
    entity: int
    start: float
    stop: float


@dataclass(frozen=True)
class Stay:
    """A thing may be inside a container (a thing, or a fixture or "sink" by name) between two times in seconds."""

    thing: int
    container: int
    fixture: str
    start: float
    stop: float


@dataclass(frozen=True)
class Flow:
    """A liquid falls from `tip`, in the thing's axes, into a container between two times in seconds."""

    noun: str
    thing: int
    tip: tuple[float, float, float]
    container: int
    start: float
    stop: float


@dataclass(frozen=True)
class Wash:
    """A thing is held under the tap between two times in seconds."""

    thing: int
    start: float
    stop: float


@dataclass(frozen=True)
class Drip:
    """Drops fall from a squeezed thing between two times in seconds."""

    thing: int
    start: float
    stop: float


@dataclass(frozen=True)
class Deed:
    """A labelled action: the pair, its times in seconds, the hands, the thing (or -1) and what it is done with."""

    verb: str
    noun: str
    start: float
    stop: float
    hands: tuple[int, ...]
    thing: int
    target: int
    others: tuple[str, ...] = ()


@dataclass
class Contents:
    """What fills a container: colour, level over time, and how it turns when mixed."""

    colour: Colour
    level: Level
    swirl: Level
    chunks: bool

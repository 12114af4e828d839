"""Under which conditions a model is asked: as it is, with a part of its graph taken or shuffled, and degraded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

AS_IT_IS = "as it is"
EDGES_SHUFFLED = "edges shuffled"
UNSURE = "edge confidence off"
NODES_DROPPED = "nodes dropped"
HANDS_SWAPPED = "hands swapped"
IDENTITY_SHUFFLED = "identity shuffled"
ONE_FRAME = "sequence length 1"

MISSED = "missed detections"
JITTERED = "jittered boxes"
FALSE_CONTACTS = "false contacts"
FRAMES_DROPPED = "dropped frames"
COARSE = "low resolution"
RELABELLED = "swapped labels"

_DROPPED = 0.3


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes:
        name: one of the names above.
        strength: how strong, see `STRENGTHS`; 0 for what knows no strength.
        confidence: whether edges weigh as their confidence says; else all weigh the same.
    """

    name: str
    strength: float = 0.0
    confidence: bool = True

    @property
    def random(self) -> bool:
        """Whether chance plays a part."""
        return self.name in (EDGES_SHUFFLED, IDENTITY_SHUFFLED) or (self.strength > 0 and self.name != COARSE)


PROBES = (
    Condition(AS_IT_IS),
    Condition(EDGES_SHUFFLED),
    Condition(UNSURE, confidence=False),
    Condition(NODES_DROPPED, _DROPPED),
    Condition(HANDS_SWAPPED),
    Condition(IDENTITY_SHUFFLED),
    Condition(ONE_FRAME),
)
OF_EDGES = (EDGES_SHUFFLED, UNSURE)  # which mean nothing to a model that has none

_SHARES = (0.1, 0.25, 0.5, 0.75)
STRENGTHS: Mapping[str, tuple[float, ...]] = {
    MISSED: _SHARES,
    JITTERED: (0.1, 0.25, 0.5, 1.0),
    FALSE_CONTACTS: (0.05, 0.1, 0.25, 0.5),
    FRAMES_DROPPED: _SHARES,
    COARSE: (1 / 32, 1 / 16, 1 / 8, 1 / 4),
    RELABELLED: _SHARES,
}
UNITS = {
    NODES_DROPPED: "share of all nodes",
    MISSED: "share of hands and objects",
    JITTERED: "deviation of each side, in box sizes",
    FALSE_CONTACTS: "share of untouched objects, a hand",
    FRAMES_DROPPED: "share of frames, but for one that stays",
    COARSE: "cell of the grid, in frame sizes",
    RELABELLED: "share of objects",
}


def degradations(strengths_of: Mapping[str, tuple[float, ...]]) -> Iterator[Condition]:
    """Every degradation at every strength, with edge confidence and without."""
    for name, strengths in strengths_of.items():
        for strength in strengths:
            yield Condition(name, strength)
            yield replace(Condition(name, strength), confidence=False)

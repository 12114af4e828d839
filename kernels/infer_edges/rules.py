"""How sure a pair of nodes must be to get an edge."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EdgeRules:
    """The thresholds of `egograph.ops.infer_edges`.

    Attributes:
        contact_threshold: the least contact probability.
        overlap_threshold: the least share of the smaller box.
        proximity_threshold: the least proximity.
        proximity_scale: the gap at which proximity is 1/e, in the box's units.
        similarity_threshold: the least cosine.
        k: how many similar senders a node has at most.
    """

    contact_threshold: float = 0.1
    overlap_threshold: float = 0.1
    proximity_threshold: float = 0.2
    proximity_scale: float = 0.1
    similarity_threshold: float = 0.3
    k: int = 4

    def __post_init__(self) -> None:
        if not self.proximity_scale > 0:
            raise ValueError(f"proximity_scale: {self.proximity_scale}; give a gap above 0")
        if self.k < 0:
            raise ValueError(f"k: {self.k}; give 0 or more")

    def values(self) -> tuple[float, float, float, float, float, int]:
        """The thresholds in order, as ops take them."""
        thresholds = (self.contact_threshold, self.overlap_threshold, self.proximity_threshold)
        return (*thresholds, self.proximity_scale, self.similarity_threshold, self.k)


DEFAULT_RULES = EdgeRules()

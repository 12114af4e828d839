"""How sure a pair of nodes must be to get an edge."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """The thresholds of one call; `egograph.ops.infer_edges` says what each one bounds."""

    contact_threshold: float
    overlap_threshold: float
    proximity_threshold: float
    proximity_scale: float
    similarity_threshold: float
    k: int

"""What nodes are and how edges relate them: the one place where their numbers are set.

Ops compare tensors with `.value`: of `tensor == IntEnum`, torch.compile makes the constant False.
"""

from enum import IntEnum


class NodeKind(IntEnum):
    """What a node stands for."""

    LEFT_HAND = 0
    RIGHT_HAND = 1
    OBJECT = 2
    SCENE = 3


class Relation(IntEnum):
    """Why an edge is there."""

    CONTACT = 0
    PROXIMITY = 1
    OVERLAP = 2
    TRACK_BEFORE = 3
    TRACK_AFTER = 4
    SCENE = 5
    SIMILARITY = 6


RELATIONS: tuple[str, ...] = tuple(relation.name.lower() for relation in Relation)

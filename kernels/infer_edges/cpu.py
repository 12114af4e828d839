"""Edge inference on the CPU: lists of the pairs that share a frame, a track or a look, then one sort."""

import torch
from torch import Tensor
from torch.nn.functional import embedding

from egograph.kernels.infer_edges.relations import NodeKind, Relation
from egograph.kernels.infer_edges.rules import EdgeRules
from egograph.kernels.infer_edges.similarity import similar_pairs
from egograph.kernels.infer_edges.tile import Tile


def select_edges(
    box: Tensor,
    kind: Tensor,
    track: Tensor,
    feature: Tensor,
    frame: Tensor,
    ptr: Tensor,
    contact: Tensor,
    score: Tensor,
    rules: EdgeRules,
) -> tuple[Tensor, Tensor, Tensor]:
    """edge_index `[2, E]`, relation `[E]` and closeness `[E]`: of overlap and proximity, else 0."""
    tile = Tile.of(ptr, kind.shape[0])
    present = score > 0
    near, near_relation, closeness = _in_frame(tile, box, kind, frame, contact, present, rules)
    tracked, tracked_relation = _on_track(tile, track, frame, present)
    similar = similar_pairs(tile, kind, track, feature, frame, score, rules)

    pair, order = torch.cat([near, tracked, similar]).sort()
    alike = torch.full_like(similar, Relation.SIMILARITY.value)
    relation = torch.cat([near_relation, tracked_relation, alike])[order]
    rest = closeness.new_zeros(tracked.shape[0] + similar.shape[0])
    return tile.edge_index(pair), relation, torch.cat([closeness, rest])[order]


def _pairs(key: Tensor) -> Tensor:
    """The pairs of different slots with equal keys `[G, P]`."""
    equal = key[:, :, None] == key[:, None, :]
    equal.diagonal(dim1=1, dim2=2).fill_(False)
    return equal.flatten().nonzero().squeeze(1)


def _on_track(tile: Tile, track: Tensor, frame: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """The pairs of one track in different frames, and which way time runs along them."""
    pair = _pairs(tile.key(track, present & (track >= 0)))
    sender, receiver = frame[tile.edge_index(pair)]
    relation = torch.where(sender < receiver, Relation.TRACK_BEFORE.value, Relation.TRACK_AFTER.value)
    moved = sender != receiver
    return pair[moved], relation[moved]


def _in_frame(
    tile: Tile, box: Tensor, kind: Tensor, frame: Tensor, contact: Tensor, present: Tensor, rules: EdgeRules
) -> tuple[Tensor, Tensor, Tensor]:
    """The related pairs of one frame, their relation and their closeness."""
    pair = _pairs(tile.key(frame, present & (frame >= 0)))
    ends = tile.edge_index(pair)
    sender, receiver = kind[ends]
    scenes = (sender == NodeKind.SCENE.value).long() + (receiver == NodeKind.SCENE.value)
    touch = _touch(ends, sender, receiver, contact)
    overlap, proximity = _closeness(embedding(ends[0], box), embedding(ends[1], box), rules.proximity_scale)

    near = (proximity >= rules.proximity_threshold) & (proximity > 0)
    relation = torch.where(near, Relation.PROXIMITY.value, -1)
    over = (overlap >= rules.overlap_threshold) & (overlap > 0)
    relation.masked_fill_(over, Relation.OVERLAP.value)
    relation.masked_fill_((touch >= rules.contact_threshold) & (touch > 0), Relation.CONTACT.value)
    relation.masked_fill_(scenes == 1, Relation.SCENE.value).masked_fill_(scenes == 2, -1)

    closeness = torch.where(relation == Relation.OVERLAP.value, overlap, proximity)
    closeness *= (relation == Relation.OVERLAP.value) | (relation == Relation.PROXIMITY.value)
    related = relation >= 0
    return pair[related], relation[related], closeness[related]


def _touch(ends: Tensor, sender: Tensor, receiver: Tensor, contact: Tensor) -> Tensor:
    """The contact probability of each pair, 0 unless one is a hand and one an object."""
    thing = torch.where(sender == NodeKind.OBJECT.value, ends[0], ends[1])
    side = torch.minimum(sender, receiver)
    held = (side < NodeKind.OBJECT.value) & (torch.maximum(sender, receiver) == NodeKind.OBJECT.value)
    return contact[thing, side.clamp(max=1)] * held


def _closeness(one: Tensor, other: Tensor, proximity_scale: float) -> tuple[Tensor, Tensor]:
    """How much of the smaller box the two share, and how near their borders are, both 0 … 1."""
    start, stop = torch.maximum(one[:, :2], other[:, :2]), torch.minimum(one[:, 2:], other[:, 2:])
    shared = _area(start, stop)
    smaller = torch.minimum(_area(one[:, :2], one[:, 2:]), _area(other[:, :2], other[:, 2:]))
    overlap = torch.where(shared > 0, shared / smaller, 0).clamp_(max=1)
    gap = (start - stop).clamp_(min=0)
    return overlap, (torch.hypot(gap[:, 0], gap[:, 1]) / -proximity_scale).exp_()


def _area(start: Tensor, stop: Tensor) -> Tensor:
    side = (stop - start).clamp_(min=0)
    return side[:, 0] * side[:, 1]

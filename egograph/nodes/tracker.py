"""Identity over time: which node of this frame is which node of the frames before."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from egograph.nn.state import FIXED_SLOTS, StreamState
from egograph.nodes.box import centre_size
from egograph.nodes.nodes import SCENE, UNTRACKED, Nodes


@dataclass(frozen=True)
class TrackerConfig:
    """When a node continues a track.

    Attributes:
        slots: identities a stream can hold, hands and scene included; the longest unseen makes room.
        reach: how far, in frame widths, an object moves between two frames at most likely (one deviation).
        threshold: the least likeness, 0 to 2, at which an object continues a track.
        start_score: the least score at which an object starts a track.
    """

    slots: int = 20
    reach: float = 0.12
    threshold: float = 1.0
    start_score: float = 0.3


@dataclass(frozen=True)
class Tracked:
    """One clip of each of `G` streams with identities, `M` nodes a frame.

    Attributes:
        nodes: the nodes with their tracks.
        slot: int64 `[G, T, M]`, the slot of the state that holds each node's track; -1: none.
        motion: `[N, 4]`, how far the box moved since the track was last seen; 0 for a new track.
        state: the state with the slots brought up to date (`memory` and `hidden` are not the tracker's).
    """

    nodes: Nodes
    slot: Tensor
    motion: Tensor
    state: StreamState


def match_by_likeness(box: Tensor, look: Tensor, present: Tensor, state: StreamState, config: TrackerConfig) -> Tensor:
    """The slot that each object of a frame continues: the one that it is most like, if that one is also most like it.

    Likeness is nearness of the boxes plus the cosine of the node features; two more rounds match what is left.

    Args:
        box: `[G, K, 4]`, of the frame's objects.
        look: `[G, K, D]`, their features.
        present: bool `[G, K]`.
        state: the streams' state before the frame.
        config: thresholds.

    Returns:
        int64 `[G, K]`, -1 where an object continues none.
    """
    first = len(FIXED_SLOTS)
    old_box, old_look = state.box[:, first:], state.look[:, first:]
    offset = centre_size(box)[:, None, :, :2] - centre_size(old_box)[:, :, None, :2]
    patience = 1 + state.unseen[:, first:, None].clamp(max=8) / 4  # a box unseen for a while may have moved further
    near = torch.exp(-offset.square().sum(-1) / (2 * (config.reach * patience) ** 2))
    alike = F.normalize(old_look, dim=-1) @ F.normalize(look, dim=-1).mT
    likeness = torch.where(present[:, None] & (state.track[:, first:, None] >= 0), near + alike, 0.0)
    likeness = torch.where(likeness >= config.threshold, likeness, 0.0)
    matched = torch.full(present.shape, -1, device=box.device)
    for _ in range(3):
        best_slot = likeness.argmax(dim=1)
        best_thing = likeness.argmax(dim=2)
        mutual = best_thing.gather(1, best_slot) == torch.arange(box.shape[1], device=box.device)
        mutual &= likeness.amax(dim=1) > 0
        matched = torch.where(mutual, best_slot + first, matched)
        taken = F.one_hot(torch.where(mutual, best_slot, likeness.shape[1]), likeness.shape[1] + 1)[..., :-1].amax(1)
        free = ~mutual[:, None] & ~taken.bool()[:, :, None]
        likeness = torch.where(free, likeness, 0.0)
    return matched


Matcher = Callable[[Tensor, Tensor, Tensor, StreamState, TrackerConfig], Tensor]


def track(nodes: Nodes, state: StreamState, config: TrackerConfig, match: Matcher = match_by_likeness) -> Tracked:
    """Give every node its track, causally, frame by frame, for `G` streams at once.

    An object that continues no track takes the slot that was unseen for longest. Hands and scene are told apart by
    their kind.

    Args:
        nodes: one clip of each of `G` streams, every frame with the same rows (hands, objects, scene).
        state: the `G` streams' state before the clip.
        config: thresholds.
        match: says which object continues which slot, as `match_by_likeness` does.
    """
    streams = state.track.shape[0]
    length = int(nodes.frame.max()) + 1 if len(nodes) else 0
    shape = (streams, length, -1)
    box, look = nodes.box.view(*shape, 4), nodes.feature.detach().view(*shape, nodes.feature.shape[-1])
    score, noun = nodes.score.view(shape), nodes.noun.view(shape)
    rows = score.shape[2]
    things = slice(2, rows - 1)
    fixed = torch.tensor([0, 1] + [-1] * (rows - 3) + [FIXED_SLOTS.index(SCENE)], device=box.device)
    slots, tracks, motions = [], [], []
    for frame in range(length):
        present = score[:, frame] > 0
        slot = fixed.expand(streams, rows).clone()
        matched = match(box[:, frame, things], look[:, frame, things], present[:, things], state, config)
        newcomers = (matched < 0) & (score[:, frame, things] >= config.start_score)
        matched, state = _admit(matched, newcomers, state)
        slot[:, things] = matched
        slot = torch.where(present, slot, -1)
        motions.append(_motion(slot, box[:, frame], state))
        state = _see(state, slot, box[:, frame], look[:, frame], score[:, frame], noun[:, frame], present.any(1))
        slots.append(slot)
        tracks.append(torch.where(slot >= 0, state.track.gather(1, slot.clamp(min=0)), UNTRACKED))
    return Tracked(
        nodes=nodes.with_(track=torch.stack(tracks, dim=1).flatten()),
        slot=torch.stack(slots, dim=1),
        motion=torch.stack(motions, dim=1).flatten(0, 2),
        state=state,
    )


def _motion(slot: Tensor, box: Tensor, state: StreamState) -> Tensor:
    """How far boxes `[G, M, 4]` moved since their slots were last seen; 0 where there was nothing yet."""
    index = slot.clamp(min=0)
    before = state.box.gather(1, index[..., None].expand_as(box))
    known = (slot >= 0) & (state.score.gather(1, index) > 0)
    return torch.where(known[..., None], box - before, 0.0)


def _admit(matched: Tensor, newcomers: Tensor, state: StreamState) -> tuple[Tensor, StreamState]:
    """Give each newcomer the slot that was empty or unseen for longest, and a new identity."""
    first = len(FIXED_SLOTS)
    staleness = torch.where(state.track < 0, state.unseen.max() + 1, state.unseen)
    used = F.one_hot(matched.clamp(min=0), state.slots) * (matched >= 0)[..., None]
    staleness = staleness.masked_fill(used.amax(1).bool(), -1)[:, first:]
    order = staleness.argsort(dim=1, descending=True, stable=True) + first
    rank = newcomers.cumsum(dim=1) - 1
    slot = order.gather(1, rank.clamp(min=0))
    free = newcomers & (staleness.gather(1, slot - first) >= 0)
    matched = torch.where(free, slot, matched)
    fresh = torch.full_like(state.track, UNTRACKED).scatter(
        1,
        torch.where(free, slot, 0),
        torch.where(free, state.next_track[:, None] + rank, UNTRACKED),
    )
    fresh[:, 0] = UNTRACKED  # where nothing is admitted the scatter aims at slot 0
    new = fresh >= 0
    return matched, state.with_(
        track=torch.where(new, fresh, state.track),
        memory=torch.where(new[..., None], 0.0, state.memory),
        score=torch.where(new, 0.0, state.score),
        next_track=state.next_track + free.sum(dim=1),
    )


def _see(
    state: StreamState, slot: Tensor, box: Tensor, look: Tensor, score: Tensor, noun: Tensor, real: Tensor
) -> StreamState:
    """Write what was seen in this frame into its slots; a padded frame changes nothing."""
    spare = state.slots  # nodes without a slot are written to one more slot, which is dropped
    index = torch.where(slot >= 0, slot, spare)

    def write(old: Tensor, new: Tensor) -> Tensor:
        padded = torch.cat([old, old[:, :1]], dim=1)
        where = index if new.ndim == 2 else index[..., None].expand_as(new)
        return padded.scatter(1, where, new)[:, :spare]

    unseen = write(state.unseen + real[:, None].long(), torch.zeros_like(slot))
    return state.with_(
        box=write(state.box, box),
        look=write(state.look, look),
        score=write(state.score, score),
        noun=write(state.noun, noun),
        unseen=unseen,
    )


def last_rows(slot: Tensor, slots: int) -> Tensor:
    """For slots int64 `[G, T, M]`, the last row of the clip int64 `[G, S]` that is in each slot, -1 if none."""
    flat = slot.flatten(1)
    row = torch.arange(flat.shape[1], device=slot.device).expand_as(flat)
    index = torch.where(flat >= 0, flat, slots)
    empty = torch.full((flat.shape[0], slots + 1), -1, device=slot.device)
    return empty.scatter_reduce(1, index, row, reduce="amax")[:, :slots]

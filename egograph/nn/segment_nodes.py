"""From a segment table to the node table of a batch: where each node is, when, and how it changed along its track."""

import torch
import torch.nn.functional as F
from torch import Tensor

from egograph.data.segment_table import SegmentTable
from egograph.nodes.box import centre_size
from egograph.nodes.nodes import Nodes

CHANGE_FEATURES = 4 + 2 + 2 + 1 + 1
NODE_FEATURES = 4 + 2 + 3 + 4 + 2 * CHANGE_FEATURES + 3
SEGMENT_FEATURES = 6

_LEAST_SIZE = 1e-3
_MOVED = 4.0  # centres move a quarter of the frame at most between two annotated frames, mostly


def segment_nodes(table: SegmentTable, relational: bool) -> Nodes:
    """The nodes `[S · N]` of a batch, absent rows with score 0, features `[S · N, NODE_FEATURES]`.

    A node's features are its place, what touches it, when it is seen, how it differs from where its track was before
    and where it is after (within the segment's frames, so never later than the segment's stop), and how often it is
    seen within the segment, before it, and later. Unless `relational`, a node knows its own place and time alone, and
    the rest is 0.
    """
    segments, rows = table.kind.shape
    present = table.present
    return Nodes(
        feature=_features(table, relational).flatten(0, 1),
        box=table.box.flatten(0, 1),
        kind=table.kind.clamp(min=0).flatten(),
        frame=table.frame.clamp(min=0).flatten(),
        track=torch.where(present, table.track, -1).flatten(),
        score=present.float().flatten(),
        noun=table.noun.flatten(),
        contact=table.contact[..., :2].flatten(0, 1),
        ptr=torch.arange(segments + 1, device=present.device) * rows,
    )


def segment_features(table: SegmentTable) -> Tensor:
    """What is known of the segments themselves: `[S, SEGMENT_FEATURES]`."""
    duration = table.duration.clamp(min=0.05)
    gap = table.gap
    seen = (table.within & ~table.time.isnan()).sum(1)
    past = (~table.within & ~table.time.isnan()).sum(1)
    return torch.stack(
        [duration.log(), (duration / 5).clamp(max=3), gap.clamp(-1, 1), gap.clamp(min=0).log1p(), seen / 2, past / 4],
        dim=1,
    )


def _features(table: SegmentTable, relational: bool) -> Tensor:
    place = centre_size(table.box)
    size = place[..., 2:].clamp(min=_LEAST_SIZE).log()
    earlier, later, within = _same_track(table)
    own = [2 * place - 1, size, _when(table, within)]
    if not relational:
        rest = NODE_FEATURES - sum(part.shape[-1] for part in own)
        return F.pad(torch.cat(own, dim=-1), (0, rest)) * table.present[..., None]
    frame = table.frame
    before, had = _latest(earlier, frame)
    after, will = _latest(later, -frame)
    counts = [earlier & within[:, None], earlier & ~within[:, None], later]
    times = torch.stack([count.sum(2) for count in counts], dim=-1) / 2
    changes = [_change(table, place, size, before, had), _change(table, place, size, after, will)]
    return torch.cat([*own, table.contact, *changes, times], dim=-1) * table.present[..., None]


def _when(table: SegmentTable, within: Tensor) -> Tensor:
    """Whether a node is of the segment, where between its start and stop, and how far from them: `[S, N, 4]`."""
    time = table.time.nan_to_num().gather(1, table.frame.clamp(min=0))
    duration = table.duration[:, None].clamp(min=0.05)
    to_stop = (duration - time).clamp(min=0).log1p()
    return torch.stack(
        [within.float(), (time / duration).clamp(-3, 1.5), to_stop, time.sign() * time.abs().log1p()], dim=-1
    )


def _same_track(table: SegmentTable) -> tuple[Tensor, Tensor, Tensor]:
    """Pairs of one track, bool `[S, N, N]`, whose second is in an earlier frame, or a later; and who is within."""
    present, frame, track = table.present, table.frame, table.track
    same = (track[:, :, None] == track[:, None]) & (track >= 0)[:, :, None]
    same &= present[:, :, None] & present[:, None]
    earlier, later = frame[:, None] < frame[:, :, None], frame[:, None] > frame[:, :, None]
    within = table.within.gather(1, frame.clamp(min=0)) & present
    return same & earlier, same & later, within


def _latest(pairs: Tensor, frame: Tensor) -> tuple[Tensor, Tensor]:
    """For each node the paired one of the highest frame, int64 `[S, N]`, and whether there is one."""
    lowest = frame.amin() - 1
    best = torch.where(pairs, frame[:, None], lowest).max(dim=2)
    return best.indices, best.values > lowest


def _change(table: SegmentTable, place: Tensor, size: Tensor, other: Tensor, known: Tensor) -> Tensor:
    """How a node differs from another of its track: `[S, N, CHANGE_FEATURES]`, 0 where there is none."""

    def at(column: Tensor) -> Tensor:
        return column.gather(1, other[..., None].expand(-1, -1, column.shape[-1]))

    moved = _MOVED * (place[..., :2] - at(place)[..., :2])
    touched = at(table.contact)[..., :2]
    apart = (table.frame - table.frame.gather(1, other)).abs().clamp(max=4) / 2
    change = [moved, size - at(size), touched, table.contact[..., :2] - touched, apart[..., None]]
    change.append(torch.ones_like(change[-1]))
    return torch.where(known[..., None], torch.cat(change, dim=-1), 0.0)

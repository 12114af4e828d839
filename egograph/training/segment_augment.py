"""The same segments seen otherwise: mirrored, from nearer, annotated by another hand, with less of the past."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.data.segment_table import ABSENT, SegmentTable
from egograph.nodes.contacts import lasting_contacts
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, UNKNOWN_NOUN


@dataclass(frozen=True)
class SegmentLooks:
    """How far augmentation goes.

    Attributes:
        missed: share of hands and objects that are dropped; half of it within the segment of those in contact.
        unnamed: share of objects whose noun is dropped.
        skipped: share of frames before the segment that are dropped.
        shortened: share of segments of several frames that lose one of them.
        jitter: deviation of each side of a box, of the box's size.
        zoom: deviation of the scale of the whole window.
        shift: deviation of the place of the whole window, in frame sizes.
        bounds: deviation of start and stop, of the duration.

    Raises:
        ValueError: a value is out of its range.
    """

    missed: float = 0.1
    unnamed: float = 0.1
    skipped: float = 0.2
    shortened: float = 0.3
    jitter: float = 0.02
    zoom: float = 0.1
    shift: float = 0.05
    bounds: float = 0.1

    def __post_init__(self) -> None:
        for name in ("missed", "unnamed", "skipped", "shortened"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}={getattr(self, name)}: has to be 0 to 1")
        for name in ("jitter", "zoom", "shift", "bounds"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name}={getattr(self, name)}: has to be 0 or more")


def augment_segments(table: SegmentTable, looks: SegmentLooks) -> SegmentTable:
    """Draw a look for each segment, from torch's default generator."""
    table = mirror(table, torch.rand(len(table)) < 0.5)
    table = _drop(table, looks)
    return _move(_shift_bounds(table, looks), looks)


def mirror(table: SegmentTable, which: Tensor) -> SegmentTable:
    """The segments with left and right swapped, hands too, where `which`, bool `[S]`, says so."""
    left, right = table.kind == LEFT_HAND, table.kind == RIGHT_HAND
    swapped = torch.where(left, RIGHT_HAND, torch.where(right, LEFT_HAND, table.kind))
    x1, y1, x2, y2 = table.box.unbind(-1)
    flipped = torch.stack([1 - x2, y1, 1 - x1, y2], dim=-1)
    return table.with_(
        kind=torch.where(which[:, None], swapped, table.kind),
        box=torch.where(which[:, None, None], flipped, table.box),
        contact=torch.where(which[:, None, None], table.contact[..., [1, 0, 2]], table.contact),
    )


def _drop(table: SegmentTable, looks: SegmentLooks) -> SegmentTable:
    frame = table.frame.clamp(min=0)
    within = table.within.gather(1, frame)
    held = within & (table.contact[..., :2].sum(-1) > 0)
    dropped = _dropped_frames(table, looks)
    missed = torch.rand(table.kind.shape) < looks.missed * torch.where(held, 0.5, 1.0)
    gone = (missed & (table.kind != SCENE)) | dropped.gather(1, frame)
    unnamed = (torch.rand(table.kind.shape) < looks.unnamed) & (table.kind == OBJECT)
    contact = lasting_contacts(table.kind, table.frame, table.contact[..., :2], table.present, table.present & ~gone)
    return table.with_(
        kind=torch.where(gone, ABSENT, table.kind),
        noun=torch.where(unnamed | gone, UNKNOWN_NOUN, table.noun),
        contact=torch.cat([contact, table.contact[..., 2:]], dim=-1),
        time=table.time.masked_fill(dropped, torch.nan),
        within=table.within & ~dropped,
    )


def _dropped_frames(table: SegmentTable, looks: SegmentLooks) -> Tensor:
    """Bool `[S, T]`: frames of the past, and of a segment of several frames one at most."""
    draw = torch.rand(table.within.shape)
    one = draw.masked_fill(~table.within, -1).argmax(1, keepdim=True)
    several = (table.within.sum(1, keepdim=True) > 1) & (torch.rand(len(table), 1) < looks.shortened)
    chosen = torch.zeros_like(table.within).scatter(1, one, several)
    return torch.where(table.within, chosen, draw < looks.skipped)


def _shift_bounds(table: SegmentTable, looks: SegmentLooks) -> SegmentTable:
    start, stop = looks.bounds * table.duration * torch.randn(2, len(table))
    duration = (table.duration + stop - start).clamp(min=0.1)
    return table.with_(time=table.time - start[:, None], duration=duration, gap=table.gap + start)


def _move(table: SegmentTable, looks: SegmentLooks) -> SegmentTable:
    box, segments = table.box, len(table)
    size = (box[..., 2:] - box[..., :2]).clamp(min=0.02).repeat(1, 1, 2)
    moved = box + looks.jitter * size * torch.randn(box.shape)
    zoom = 1 + looks.zoom * torch.randn(segments, 1, 1)
    shift = looks.shift * torch.randn(segments, 1, 2).repeat(1, 1, 2)
    moved = (moved - 0.5) * zoom + 0.5 + shift
    return table.with_(box=torch.where((table.kind == SCENE)[..., None], box, moved))

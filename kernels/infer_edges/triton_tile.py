"""Edge inference on the GPU: one program a block of a graph's receivers judges all its pairs in one pass."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import torch
import triton
import triton.language as tl
from torch import Tensor

from egograph.kernels.infer_edges.relations import NodeKind, Relation
from egograph.kernels.infer_edges.rules import Rules
from egograph.kernels.infer_edges.similarity import similar_pairs
from egograph.kernels.infer_edges.tile import Tile

OBJECT_KIND = tl.constexpr(int(NodeKind.OBJECT))
SCENE_KIND = tl.constexpr(int(NodeKind.SCENE))
CONTACT = tl.constexpr(int(Relation.CONTACT))
PROXIMITY = tl.constexpr(int(Relation.PROXIMITY))
OVERLAP = tl.constexpr(int(Relation.OVERLAP))
TRACK_BEFORE = tl.constexpr(int(Relation.TRACK_BEFORE))
TRACK_AFTER = tl.constexpr(int(Relation.TRACK_AFTER))
SCENE = tl.constexpr(int(Relation.SCENE))
SIMILARITY = tl.constexpr(int(Relation.SIMILARITY))


@triton.jit
def _box(box, node, live):
    """The four sides of boxes `[B]`, as float32."""
    left = tl.load(box + node * 4, mask=live, other=0.0).to(tl.float32)
    top = tl.load(box + node * 4 + 1, mask=live, other=0.0).to(tl.float32)
    right = tl.load(box + node * 4 + 2, mask=live, other=0.0).to(tl.float32)
    bottom = tl.load(box + node * 4 + 3, mask=live, other=0.0).to(tl.float32)
    return left, top, right, bottom


@triton.jit
def _closeness(left, top, right, bottom, left_j, top_j, right_j, bottom_j, proximity_scale):
    """How much of the smaller box two share, and how near their borders are: both [I, J], 0 to 1."""
    wide = tl.minimum(right[:, None], right_j[None, :]) - tl.maximum(left[:, None], left_j[None, :])
    high = tl.minimum(bottom[:, None], bottom_j[None, :]) - tl.maximum(top[:, None], top_j[None, :])
    shared = tl.maximum(wide, 0.0) * tl.maximum(high, 0.0)
    area = tl.maximum(right - left, 0.0) * tl.maximum(bottom - top, 0.0)
    area_j = tl.maximum(right_j - left_j, 0.0) * tl.maximum(bottom_j - top_j, 0.0)
    smaller = tl.minimum(area[:, None], area_j[None, :])
    overlap = tl.where(shared > 0, tl.minimum(shared / tl.where(shared > 0, smaller, 1.0), 1.0), 0.0)
    gap_x, gap_y = tl.maximum(-wide, 0.0), tl.maximum(-high, 0.0)
    return overlap, tl.exp(-tl.sqrt(gap_x * gap_x + gap_y * gap_y) / proximity_scale)


@triton.jit
def _touch(kind, left_hand, right_hand, kind_j, left_hand_j, right_hand_j):
    """The contact probability of each pair [I, J], 0 unless one is a hand and one an object."""
    sent = tl.where(kind[:, None] == 0, left_hand_j[None, :], right_hand_j[None, :])
    received = tl.where(kind_j[None, :] == 0, left_hand[:, None], right_hand[:, None])
    hand_receives = (kind[:, None] < OBJECT_KIND) & (kind_j[None, :] == OBJECT_KIND)
    hand_sends = (kind_j[None, :] < OBJECT_KIND) & (kind[:, None] == OBJECT_KIND)
    return tl.where(hand_receives, sent, tl.where(hand_sends, received, 0.0))


@triton.jit
def relate_kernel(
    box,
    kind,
    track,
    frame,
    ptr,
    contact,
    score,
    similar,
    relation,
    closeness,
    contact_threshold,
    overlap_threshold,
    proximity_threshold,
    proximity_scale,
    slots,
    rows: tl.constexpr,
    columns: tl.constexpr,
):
    """Writes relation [G, P, P] (-1: no edge) and closeness [G, P, P] for `rows` receivers of one graph."""
    graph = tl.program_id(0).to(tl.int64)
    start = tl.load(ptr + graph)
    stop = tl.load(ptr + graph + 1)
    i = tl.program_id(1) * rows + tl.arange(0, rows)
    node = start + i
    live = node < stop
    left, top, right, bottom = _box(box, node, live)
    kind_i = tl.load(kind + node, mask=live, other=0)
    frame_i = tl.load(frame + node, mask=live, other=-1)
    track_i = tl.load(track + node, mask=live, other=-1)
    touch_left = tl.load(contact + node * 2, mask=live, other=0.0).to(tl.float32)
    touch_right = tl.load(contact + node * 2 + 1, mask=live, other=0.0).to(tl.float32)
    there = tl.load(score + node, mask=live, other=0.0).to(tl.float32) > 0

    for first in range(0, slots, columns):
        j = first + tl.arange(0, columns)
        node_j = start + j
        live_j = node_j < stop
        left_j, top_j, right_j, bottom_j = _box(box, node_j, live_j)
        kind_j = tl.load(kind + node_j, mask=live_j, other=0)
        frame_j = tl.load(frame + node_j, mask=live_j, other=-1)
        track_j = tl.load(track + node_j, mask=live_j, other=-1)
        touch_left_j = tl.load(contact + node_j * 2, mask=live_j, other=0.0).to(tl.float32)
        touch_right_j = tl.load(contact + node_j * 2 + 1, mask=live_j, other=0.0).to(tl.float32)
        there_j = tl.load(score + node_j, mask=live_j, other=0.0).to(tl.float32) > 0

        overlap, proximity = _closeness(left, top, right, bottom, left_j, top_j, right_j, bottom_j, proximity_scale)
        touch = _touch(kind_i, touch_left, touch_right, kind_j, touch_left_j, touch_right_j)
        over = (overlap >= overlap_threshold) & (overlap > 0)
        near = (proximity >= proximity_threshold) & (proximity > 0)
        found = tl.where(over, OVERLAP, tl.where(near, PROXIMITY, -1))
        found = tl.where((touch >= contact_threshold) & (touch > 0), CONTACT, found)
        scene, scene_j = (kind_i == SCENE_KIND)[:, None], (kind_j == SCENE_KIND)[None, :]
        found = tl.where(scene | scene_j, tl.where(scene & scene_j, -1, SCENE), found)

        earlier = frame_j[None, :] < frame_i[:, None]
        inside = (i < slots)[:, None] & (j < slots)[None, :]
        place = (graph * slots + i[:, None]) * slots + j[None, :]
        alike = tl.load(similar + place, mask=inside, other=0) != 0
        moved = tl.where(alike, SIMILARITY, -1)
        tracked = (track_j[None, :] == track_i[:, None]) & (track_i >= 0)[:, None]
        moved = tl.where(tracked, tl.where(earlier, TRACK_BEFORE, TRACK_AFTER), moved)

        together = frame_j[None, :] == frame_i[:, None]
        found = tl.where(together, tl.where((frame_i >= 0)[:, None], found, -1), moved)
        pair = there[:, None] & there_j[None, :] & (i[:, None] != j[None, :])
        found = tl.where(pair, found, -1)
        sure = tl.where(found == OVERLAP, overlap, tl.where(found == PROXIMITY, proximity, 0.0))
        tl.store(relation + place, found.to(relation.dtype.element_ty), mask=inside)
        tl.store(closeness + place, sure, mask=inside)


def select_edges(
    box: Tensor,
    kind: Tensor,
    track: Tensor,
    feature: Tensor,
    frame: Tensor,
    ptr: Tensor,
    contact: Tensor,
    score: Tensor,
    rules: Rules,
) -> tuple[Tensor, Tensor, Tensor]:
    """edge_index `[2, E]`, relation `[E]` and closeness `[E]`: of overlap and proximity, else 0."""
    tile = Tile.of(ptr, kind.shape[0])
    graphs, slots = tile.node.shape
    similar = torch.zeros((graphs, slots, slots), dtype=torch.int8, device=box.device)
    similar.view(-1)[similar_pairs(tile, kind, track, feature, frame, score, rules)] = 1
    relation = torch.empty_like(similar)
    closeness = box.new_empty(similar.shape, dtype=torch.float32)
    rows, columns = 16, 64
    if similar.numel() > 0:
        relate_kernel[(graphs, triton.cdiv(slots, rows))](
            *(x.contiguous() for x in (box, kind, track, frame, ptr, contact, score)),
            similar,
            relation,
            closeness,
            rules.contact_threshold,
            rules.overlap_threshold,
            rules.proximity_threshold,
            rules.proximity_scale,
            slots,
            rows=rows,
            columns=columns,
        )
    pair = (relation >= 0).flatten().nonzero().squeeze(1)
    return tile.edge_index(pair), relation.flatten()[pair].long(), closeness.flatten()[pair]

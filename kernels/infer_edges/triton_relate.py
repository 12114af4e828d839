"""How Triton kernels judge the pairs of nodes of a graph: receivers [I] by senders [J]."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl

from egograph.kernels.infer_edges.relations import NodeKind, Relation

OBJECT_KIND = tl.constexpr(int(NodeKind.OBJECT))
SCENE_KIND = tl.constexpr(int(NodeKind.SCENE))
CONTACT = tl.constexpr(int(Relation.CONTACT))
PROXIMITY = tl.constexpr(int(Relation.PROXIMITY))
OVERLAP = tl.constexpr(int(Relation.OVERLAP))
TRACK_BEFORE = tl.constexpr(int(Relation.TRACK_BEFORE))
TRACK_AFTER = tl.constexpr(int(Relation.TRACK_AFTER))
SCENE = tl.constexpr(int(Relation.SCENE))
SIMILARITY = tl.constexpr(int(Relation.SIMILARITY))
LEAST = tl.constexpr(1.1754943508222875e-38)  # of confidences: the smallest normal float32
CHANNELS = tl.constexpr(32)  # of features compared at a time


@triton.jit
def load_nodes(box, kind, track, frame, contact, score, node, live):
    """What the rules need to know of nodes [B]: the box's four sides, kind, track, frame, both contacts, score."""
    left = tl.load(box + node * 4, mask=live, other=0.0).to(tl.float32)
    top = tl.load(box + node * 4 + 1, mask=live, other=0.0).to(tl.float32)
    right = tl.load(box + node * 4 + 2, mask=live, other=0.0).to(tl.float32)
    bottom = tl.load(box + node * 4 + 3, mask=live, other=0.0).to(tl.float32)
    kinds = tl.load(kind + node, mask=live, other=0)
    tracks = tl.load(track + node, mask=live, other=-1)
    frames = tl.load(frame + node, mask=live, other=-1)
    touch_left = tl.load(contact + node * 2, mask=live, other=0.0).to(tl.float32)
    touch_right = tl.load(contact + node * 2 + 1, mask=live, other=0.0).to(tl.float32)
    scores = tl.load(score + node, mask=live, other=0.0).to(tl.float32)
    return left, top, right, bottom, kinds, tracks, frames, touch_left, touch_right, scores


@triton.jit
def relate(nodes, others, slot, slot_j, cosine, contact_threshold, overlap_threshold, proximity_threshold, scale):
    """The relation of each pair (-1: no edge), and how sure it is: both [I, J].

    `cosine` [I, J] is that of pairs which are alike, else 0.
    """
    left, top, right, bottom, kind, track, frame, touch_left, touch_right, score = nodes
    left_j, top_j, right_j, bottom_j, kind_j, track_j, frame_j, touch_left_j, touch_right_j, score_j = others
    wide = tl.minimum(right[:, None], right_j[None, :]) - tl.maximum(left[:, None], left_j[None, :])
    high = tl.minimum(bottom[:, None], bottom_j[None, :]) - tl.maximum(top[:, None], top_j[None, :])
    smaller = tl.minimum(_area(left, top, right, bottom)[:, None], _area(left_j, top_j, right_j, bottom_j)[None, :])
    overlap, proximity = _closeness(wide, high, smaller, scale)
    found, sure = -1, 0.0
    near = (proximity >= proximity_threshold) & (proximity > 0)
    found, sure = tl.where(near, PROXIMITY, found), tl.where(near, proximity, sure)
    over = (overlap >= overlap_threshold) & (overlap > 0)
    found, sure = tl.where(over, OVERLAP, found), tl.where(over, overlap, sure)
    touch = _touch(kind, touch_left, touch_right, kind_j, touch_left_j, touch_right_j)
    held = (touch >= contact_threshold) & (touch > 0)
    found, sure = tl.where(held, CONTACT, found), tl.where(held, touch, sure)
    scene, scene_j = (kind == SCENE_KIND)[:, None], (kind_j == SCENE_KIND)[None, :]
    found = tl.where(scene | scene_j, tl.where(scene & scene_j, -1, SCENE), found)
    sure = tl.where(scene, score_j[None, :], tl.where(scene_j, score[:, None], sure))

    together = frame_j[None, :] == frame[:, None]
    found = tl.where(together & (frame < 0)[:, None], -1, found)  # memory is no frame
    alike = (cosine > 0) & ~together
    found = tl.where(together, found, tl.where(alike, SIMILARITY, -1))
    sure = tl.where(alike, tl.minimum(tl.maximum(cosine, LEAST), 1.0), sure)
    tracked = (track_j[None, :] == track[:, None]) & (track >= 0)[:, None] & ~together
    passed = tl.where(frame_j[None, :] < frame[:, None], TRACK_BEFORE, TRACK_AFTER)
    found = tl.where(tracked, passed, found)
    sure = tl.where(tracked, tl.minimum(score[:, None], score_j[None, :]), sure)

    pair = (score > 0)[:, None] & (score_j > 0)[None, :] & (slot[:, None] != slot_j[None, :])
    return tl.where(pair, found, -1), sure


@triton.jit
def top_k_cosine(nodes, others, slot, slot_j, feature, start, width, threshold, k, channels: tl.constexpr):
    """The cosine [I, J] with the k most similar senders of other frames and tracks, else 0.

    `start` is the graph's first node, `width` the number of its slots.
    """
    _, _, _, _, kind, track, frame, _, _, score = nodes
    _, _, _, _, kind_j, track_j, frame_j, _, _, score_j = others
    cosine = _cosine(feature, start + slot, start + slot_j, slot < width, slot_j < width, channels)
    same = (frame_j[None, :] == frame[:, None]) | ((track_j[None, :] == track[:, None]) & (track >= 0)[:, None])
    compared = ((kind != SCENE_KIND) & (score > 0))[:, None] & ((kind_j != SCENE_KIND) & (score_j > 0))[None, :]
    cosine = tl.where(compared & ~same, cosine, -1.0)
    chosen = tl.zeros_like(cosine)
    for _ in range(k):
        best = tl.max(cosine, axis=1)
        first = tl.min(tl.where(cosine == best[:, None], slot_j[None, :], 1 << 20), axis=1)
        is_best = slot_j[None, :] == first[:, None]
        chosen = tl.where(is_best & ((best > 0) & (best >= threshold))[:, None], cosine, chosen)
        cosine = tl.where(is_best, -1.0, cosine)
    return chosen


@triton.jit
def _cosine(feature, row, row_j, live, live_j, channels: tl.constexpr):
    product = tl.zeros([row.shape[0], row_j.shape[0]], tl.float32)
    square, square_j = tl.zeros([row.shape[0]], tl.float32), tl.zeros([row_j.shape[0]], tl.float32)
    for first in range(0, channels, CHANNELS):
        c = (first + tl.arange(0, CHANNELS))[None, :]
        one = tl.load(feature + row[:, None] * channels + c, mask=live[:, None] & (c < channels), other=0.0)
        two = tl.load(feature + row_j[:, None] * channels + c, mask=live_j[:, None] & (c < channels), other=0.0)
        one, two = one.to(tl.float32), two.to(tl.float32)
        product += tl.dot(one, tl.trans(two), input_precision="tf32x3")
        square += tl.sum(one * one, axis=1)
        square_j += tl.sum(two * two, axis=1)
    length = tl.maximum(tl.sqrt(square), 1e-12)
    length_j = tl.maximum(tl.sqrt(square_j), 1e-12)
    return product / (length[:, None] * length_j[None, :])


@triton.jit
def _area(left, top, right, bottom):
    return tl.maximum(right - left, 0.0) * tl.maximum(bottom - top, 0.0)


@triton.jit
def _closeness(wide, high, smaller, scale):
    """How much of the smaller box two share, and how near their borders are: both [I, J], 0 to 1."""
    shared = tl.maximum(wide, 0.0) * tl.maximum(high, 0.0)
    overlap = tl.where(shared > 0, tl.minimum(shared / tl.where(shared > 0, smaller, 1.0), 1.0), 0.0)
    gap_x, gap_y = tl.maximum(-wide, 0.0), tl.maximum(-high, 0.0)
    return overlap, tl.exp(-tl.sqrt(gap_x * gap_x + gap_y * gap_y) / scale)


@triton.jit
def _touch(kind, left_hand, right_hand, kind_j, left_hand_j, right_hand_j):
    """The contact probability of each pair [I, J], 0 unless one is a hand and one an object."""
    sent = tl.where(kind[:, None] == 0, left_hand_j[None, :], right_hand_j[None, :])
    received = tl.where(kind_j[None, :] == 0, left_hand[:, None], right_hand[:, None])
    hand_receives = (kind[:, None] < OBJECT_KIND) & (kind_j[None, :] == OBJECT_KIND)
    hand_sends = (kind_j[None, :] < OBJECT_KIND) & (kind[:, None] == OBJECT_KIND)
    return tl.where(hand_receives, sent, tl.where(hand_sends, received, 0.0))

"""Ring buffers on the GPU: one program a stream."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def _copy(rows, new, to, source, live, width: tl.constexpr, block: tl.constexpr):
    """Copies rows `source` `[M]` of `new` to rows `to` of `rows`, `block` columns at a time."""
    for first in range(0, width, block):
        column = (first + tl.arange(0, block))[None, :]
        inside = live[:, None] & (column < width)
        tl.store(rows + to[:, None] * width + column, tl.load(new + source[:, None] * width + column, inside), inside)


@triton.jit
def insert_kernel(
    box,
    kind,
    track,
    feature,
    frame,
    contact,
    score,
    state,
    head,
    count,
    new_box,
    new_kind,
    new_track,
    new_feature,
    new_frame,
    new_contact,
    new_score,
    new_state,
    new_count,
    capacity,
    most,
    channels: tl.constexpr,
    feature_channels: tl.constexpr,
    rows: tl.constexpr,
):
    """Writes a stream's rows at its head; `most` rows are given, the first `new_count` are taken."""
    stream = tl.program_id(0).to(tl.int64)
    m = tl.arange(0, rows)
    start, held = tl.load(head + stream), tl.load(count + stream)
    taken = tl.minimum(tl.maximum(tl.load(new_count + stream), 0), most)
    live = m < taken
    to = stream * capacity + (start + m) % capacity
    source = stream * most + m
    _copy(state, new_state, to, source, live, channels, 32)
    _copy(feature, new_feature, to, source, live, feature_channels, 32)
    _copy(box, new_box, to, source, live, 4, 4)
    _copy(contact, new_contact, to, source, live, 2, 2)
    tl.store(kind + to, tl.load(new_kind + source, live), live)
    tl.store(track + to, tl.load(new_track + source, live), live)
    tl.store(frame + to, tl.load(new_frame + source, live), live)
    tl.store(score + to, tl.load(new_score + source, live), live)
    tl.debug_barrier()  # every warp has read head and count
    tl.store(head + stream, (start + taken) % capacity)
    tl.store(count + stream, tl.minimum(held + taken, capacity))


@triton.jit
def evict_kernel(frame, score, head, count, before, capacity, slots: tl.constexpr):
    """Takes the score from a stream's oldest nodes, up to the first of a frame `before` or later."""
    stream = tl.program_id(0).to(tl.int64)
    slot = tl.arange(0, slots)
    start, held = tl.load(head + stream), tl.load(count + stream)
    live = slot < capacity
    age = (slot - (start - held) + capacity) % capacity  # 0 is the oldest
    age = tl.where(live, age, capacity)
    at = tl.load(frame + stream * capacity + slot, live, other=0)
    kept = (age < held) & (at >= tl.load(before + stream))
    first_kept = tl.min(tl.where(kept, age, held), axis=0)
    tl.store(score + stream * capacity + slot, tl.zeros([slots], tl.float32), live & (age < first_kept))
    tl.debug_barrier()  # every warp has read count
    tl.store(count + stream, held - first_kept)


def insert(rows: list[Tensor], head: Tensor, count: Tensor, new: list[Tensor], new_count: Tensor) -> None:
    """Writes the first `new_count` `[G]` of M rows a stream at `head` `[G]`; of `rows` there are P a stream."""
    streams = head.shape[0]
    most = new[0].shape[0] // streams
    insert_kernel[(streams,)](
        *rows,
        head,
        count,
        *(column.contiguous() for column in new),
        new_count.contiguous(),
        rows[0].shape[0] // streams,
        most,
        channels=rows[7].shape[1],
        feature_channels=rows[3].shape[1],
        rows=triton.next_power_of_2(most),
    )


def evict(frame: Tensor, score: Tensor, head: Tensor, count: Tensor, before: Tensor) -> None:
    """Takes the score from a stream's oldest nodes, up to the first of a frame `before` `[G]` or later."""
    capacity = frame.shape[0] // head.shape[0]
    slots = triton.next_power_of_2(capacity)
    evict_kernel[(head.shape[0],)](frame, score, head, count, before.contiguous(), capacity, slots=slots)

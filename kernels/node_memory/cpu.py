"""Ring buffers on the CPU."""

import torch
from torch import Tensor


def insert(rows: list[Tensor], head: Tensor, count: Tensor, new: list[Tensor], new_count: Tensor) -> None:
    """Writes the first `new_count` `[G]` of M rows a stream at `head` `[G]`; of `rows` there are P a stream."""
    streams, capacity, most = head.shape[0], rows[0].shape[0] // head.shape[0], new[0].shape[0] // head.shape[0]
    taken = new_count.clamp(0, most)
    place = torch.arange(most)
    live = place < taken[:, None]
    stream = torch.arange(streams)[:, None]
    to = (stream * capacity + (head[:, None] + place) % capacity)[live]
    source = (stream * most + place)[live]
    for own, given in zip(rows, new, strict=True):
        own[to] = given[source]
    head.copy_((head + taken) % capacity)
    count.copy_((count + taken).clamp(max=capacity))


def evict(frame: Tensor, score: Tensor, head: Tensor, count: Tensor, before: Tensor) -> None:
    """Takes the score from a stream's oldest nodes, up to the first of a frame `before` `[G]` or later."""
    streams, capacity = head.shape[0], frame.shape[0] // head.shape[0]
    age = (torch.arange(capacity) - (head - count)[:, None]) % capacity  # 0 is the oldest
    old = frame.view(streams, capacity) < before[:, None]
    first_kept = torch.where((age < count[:, None]) & ~old, age, count[:, None]).amin(dim=1)
    score.view(streams, capacity).masked_fill_(age < first_kept[:, None], 0)
    count.sub_(first_kept)

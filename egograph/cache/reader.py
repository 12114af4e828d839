"""From a stream's group back to its clips, bit by bit as they were appended."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import torch

from egograph.cache.arrays import CLIP_ARRAYS, FRAME_ARRAYS, NODE_ARRAYS, TORCH_TYPE, to_torch
from egograph.cache.group import StreamGroup
from egograph.nodes.nodes import Nodes
from egograph.pipeline import ClipSpan, ObservedClip

_BLOCK = 64  # clips read at a time


def read_clips(group: StreamGroup) -> Iterator[ObservedClip]:
    """Read the committed clips, a block at a time; `arrival` is the moment of reading.

    Raises:
        EgographError: something that was committed is lost or damaged.
    """
    clips = group.commit.clips
    if not clips:
        return
    arrays = {name: group.array(name) for name in (*NODE_ARRAYS, *FRAME_ARRAYS, *CLIP_ARRAYS)}
    spans, (index, *stops) = (group.read(arrays[name], 0, clips).T.tolist() for name in CLIP_ARRAYS)
    node_ptr, frame_ptr = ([0, *stop] for stop in stops)
    for first in range(0, clips, _BLOCK):
        last = min(first + _BLOCK, clips)
        nodes = {name: group.read(arrays[name], node_ptr[first], node_ptr[last]) for name in NODE_ARRAYS}
        frames = {name: group.read(arrays[name], frame_ptr[first], frame_ptr[last]) for name in FRAME_ARRAYS}
        for clip in range(first, last):
            of_nodes, of_frames = (
                slice(ptr[clip] - ptr[first], ptr[clip + 1] - ptr[first]) for ptr in (node_ptr, frame_ptr)
            )
            span = ClipSpan(
                stream=group.commit.stream,
                index=index[clip],
                start=spans[0][clip],
                stop=spans[1][clip],
                times=frames["times"][of_frames].copy(),
                valid=frames["valid"][of_frames].copy(),
            )
            yield ObservedClip(span, _nodes(nodes, arrays, of_nodes), arrival=time.time())


def _nodes(values: Mapping[str, Any], arrays: Mapping[str, Any], rows: slice) -> Nodes:
    columns = {name: to_torch(values[name][rows].copy(), str(arrays[name].attrs[TORCH_TYPE])) for name in NODE_ARRAYS}
    return Nodes(**columns, ptr=torch.tensor([0, rows.stop - rows.start]))

"""The arrays of a stream's group: one a node column, two that tell a clip's frames, two that tell the clips.

`span` `[C, 2]` holds each clip's start and stop, seconds; `clip` `[C, 3]` its index in the stream, and where its rows
end in the node arrays and in the frame arrays (they begin where those of the clip before end).
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from egograph.nodes.nodes import COLUMNS
from egograph.pipeline import ObservedClip

NODE_ARRAYS = COLUMNS
FRAME_ARRAYS = ("times", "valid")
CLIP_ARRAYS = ("span", "clip")
TORCH_TYPE = "torch_dtype"
_CARRIERS = {torch.bfloat16: torch.uint16}


def rows_of(clip: ObservedClip, node_stop: int, frame_stop: int) -> dict[str, NDArray[np.generic]]:
    """What a clip adds to each array; `node_stop` and `frame_stop` are where its nodes and frames end in the stream."""
    span = clip.span
    return {
        **{name: to_numpy(getattr(clip.nodes, name)) for name in NODE_ARRAYS},
        "times": span.times,
        "valid": span.valid,
        "span": np.array([[span.start, span.stop]], np.float64),
        "clip": np.array([[span.index, node_stop, frame_stop]], np.int64),
    }


def torch_type(clip: ObservedClip, name: str) -> str:
    """The torch type of a node column, by its name; empty for the other arrays."""
    return str(getattr(clip.nodes, name).dtype).removeprefix("torch.") if name in NODE_ARRAYS else ""


def to_numpy(column: Tensor) -> NDArray[np.generic]:
    """A node column bit by bit; bf16 travels as uint16."""
    column = column.detach().cpu().contiguous()
    values: NDArray[np.generic] = column.view(_CARRIERS.get(column.dtype, column.dtype)).numpy()
    return values


def to_torch(values: NDArray[np.generic], kind: str) -> Tensor:
    """Take back what `to_numpy` gave of a column of the torch type `kind`."""
    return torch.from_numpy(values).view(getattr(torch, kind))

"""The nodes of all frames of a split, found once by a trained extractor and kept for the training of what follows."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor

from egograph.encoders.precision import mixed_precision
from egograph.model import EgoGraph
from egograph.nodes.layout import lay_out
from egograph.nodes.nodes import SCENE, Nodes
from egograph.nodes.query import found
from egograph.training.frame_store import FrameStore

_BATCH = 128


@dataclass(frozen=True)
class FrameNodes:
    """The nodes of `F` frames, `M` rows each: feature `[F, M, D]`, box `[F, M, 4]`, and so on as in `Nodes`."""

    feature: Tensor
    box: Tensor
    kind: Tensor
    score: Tensor
    noun: Tensor
    contact: Tensor

    def clips(self, frame: Tensor, valid: Tensor) -> Nodes:
        """The node table of clips whose frames are the rows `frame` `[G, T]`; those not `valid` are absent."""
        clips, length = frame.shape
        rows = self.box.shape[1]
        columns = {field.name: getattr(self, field.name)[frame.flatten()].flatten(0, 1) for field in fields(self)}
        columns["feature"] = columns["feature"].float()
        columns["score"] = columns["score"] * valid.flatten().repeat_interleave(rows)
        return Nodes(
            **columns,
            frame=torch.arange(length).repeat_interleave(rows).repeat(clips),
            track=torch.full((clips * length * rows,), -1),
            ptr=torch.arange(clips + 1) * (length * rows),
        )

    def scene_summaries(self, offset: NDArray[np.int64], frames: int) -> Tensor:
        """The mean scene features `[N, D]` of clips of `frames` frames, each video cut into clips from its start."""
        scene = self.feature[self.kind == SCENE].float()
        clips = [part for i in range(len(offset) - 1) for part in scene[offset[i] : offset[i + 1]].split(frames)]
        return torch.stack([clip.mean(dim=0) for clip in clips])

    def save(self, path: Path) -> None:
        """Save, whole or not at all."""
        partial = path.with_suffix(".part")
        save_file({field.name: getattr(self, field.name).contiguous() for field in fields(self)}, partial)
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> "FrameNodes":
        """Load what `save` wrote."""
        return cls(**load_file(path))


@torch.no_grad()
def find_frame_nodes(
    model: EgoGraph, store: FrameStore, progress: Callable[[int], None], dtype: torch.dtype = torch.bfloat16
) -> FrameNodes:
    """Find the nodes of every frame of a store.

    Args:
        model: the model; its encoder and extractor are used.
        store: the frames.
        progress: called with how many videos are done.
        dtype: in which features are kept; with bf16, products too are computed in it where the hardware can.
    """
    model.eval()
    parts = []
    for video in range(len(store.offset) - 1):
        for first in range(int(store.offset[video]), int(store.offset[video + 1]), _BATCH):
            last = min(first + _BATCH, int(store.offset[video + 1]))
            parts.append(_find(model, torch.from_numpy(np.array(store.pixels[first:last])), dtype))
        progress(video + 1)
    return FrameNodes(*(torch.cat([getattr(part, field.name) for part in parts]) for field in fields(FrameNodes)))


def _find(model: EgoGraph, pixels: Tensor, dtype: torch.dtype) -> FrameNodes:
    with mixed_precision(model.device) if dtype == torch.bfloat16 else nullcontext():
        extraction = model.extractor(model.encoder(pixels))
    nodes = lay_out(found(extraction), torch.ones(len(pixels), 1, dtype=torch.bool))

    def by_frame(name: str) -> Tensor:
        column: Tensor = getattr(nodes, name)
        return column.unflatten(0, (len(pixels), -1))

    columns = {field.name: by_frame(field.name) for field in fields(FrameNodes)}
    return FrameNodes(**(columns | {"feature": columns["feature"].to(dtype)}))

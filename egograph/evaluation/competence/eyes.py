"""The nodes that a model finds in the frames of a split, at full and at lower resolution, found once."""

import logging

import cv2
import numpy as np
import torch

from egograph.model import EgoGraph
from egograph.training.frame_nodes import FrameNodes, find_frame_nodes
from egograph.training.frame_store import FrameStore

log = logging.getLogger("egograph")


class Eyes:
    """Encoder and node extractor of a model, on the frames of a store.

    Args:
        model: the model.
        store: the frames.
    """

    def __init__(self, model: EgoGraph, store: FrameStore) -> None:
        self.model, self.store = model, store
        self._found: dict[float, FrameNodes] = {}

    def nodes(self, lost: float = 0.0) -> FrameNodes:
        """The nodes of every frame, where a share of the pixels of each side is lost."""
        if lost not in self._found:
            log.info("looking for nodes in %d frames, at %.0f %% of a side", len(self.store.pixels), 100 * (1 - lost))
            store = _coarse(self.store, lost)
            self._found[lost] = find_frame_nodes(self.model, store, lambda _: None, torch.float32)
        return self._found[lost]


def same_eyes(first: EgoGraph, second: EgoGraph) -> bool:
    """Whether two models see the same nodes."""
    parts = ("encoder.", "extractor.")
    other = second.state_dict()
    mine = {name: weight for name, weight in first.state_dict().items() if name.startswith(parts)}
    theirs = {name for name in other if name.startswith(parts)}
    return mine.keys() == theirs and all(torch.equal(weight, other[name]) for name, weight in mine.items())


def _coarse(store: FrameStore, lost: float) -> FrameStore:
    if lost == 0:
        return store
    height, width = store.pixels.shape[1:3]
    small = (max(1, round(width * (1 - lost))), max(1, round(height * (1 - lost))))
    pixels = np.empty(store.pixels.shape, dtype=np.uint8)
    for place, frame in enumerate(store.pixels):
        fine = cv2.resize(frame, small, interpolation=cv2.INTER_AREA)
        pixels[place] = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
    return FrameStore(pixels, store.offset)

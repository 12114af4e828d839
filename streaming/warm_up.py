"""A first pass through the model before anybody waits for it."""

import torch

from egograph.model import EgoGraph


def warm_up(model: EgoGraph) -> None:
    """Let torch choose and load what encoder and extractor need, so that the first clip's label is not late."""
    size = model.encoder.preprocess
    model.observe(torch.zeros(1, 1, size.height, size.width, 3, dtype=torch.uint8), torch.ones(1, 1, dtype=torch.bool))

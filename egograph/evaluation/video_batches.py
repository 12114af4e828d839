"""The order in which the videos of a split are run."""

from collections.abc import Iterator

from egograph.training.dataset import Split


def video_batches(split: Split, size: int = 16) -> Iterator[list[int]]:
    """Videos by length, so that those of a batch end at about the same time."""
    order = sorted(range(len(split.names)), key=split.store.length)
    return (order[first : first + size] for first in range(0, len(order), size))

"""The writer actor: labels and nodes of all streams go out through it."""

from dataclasses import replace
from pathlib import Path

from egograph.cache.key import CacheKey
from egograph.cache.store import NodeCache
from egograph.cache.writer import StreamWriter
from egograph.errors import EgographError
from egograph.label import ActionLabel
from egograph.pipeline import ObservedClip, age_ms
from egograph.run_folder import LabelFile, RunFolder


class Writer:
    """Writes labels, in the order in which they come, and each stream's cache.

    Args:
        output: the run's folder.
        key: what the nodes are made with.
    """

    def __init__(self, output: Path, key: CacheKey) -> None:
        self._folder = RunFolder(output)
        self._labels = LabelFile(self._folder)
        self._cache = NodeCache(self._folder.cache)
        self._key = key
        self._open: dict[str, StreamWriter] = {}

    def write(self, clip: ObservedClip, label: ActionLabel) -> ActionLabel:
        """Write a stream's next clip: first its label, which may be waited for, then its nodes.

        Returns:
            The label as it was written: as old as it then was.

        Raises:
            EgographError: the folder cannot be written.
        """
        label = replace(label, age_ms=age_ms(clip))
        try:
            self._labels.append(label)
            if label.stream not in self._open:
                self._open[label.stream] = self._cache.writer(label.stream, self._key)
            self._open[label.stream].append(clip)
        except OSError as fault:
            what = fault.filename or self._folder.path
            raise EgographError(
                f"{what}: cannot be written ({fault.strerror}); free space, or give another output=DIR"
            ) from None
        return label

    def finish(self, stream: str) -> None:
        """Say that a stream has ended: its cache is whole."""
        if writer := self._open.pop(stream, None):
            writer.finish()

    def close(self) -> None:
        """Say that no more labels come."""
        self._labels.close()

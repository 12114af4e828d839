"""RunFolder: what a run leaves: `labels.jsonl`, `summary.json` and the cache."""

import json
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any

from egograph.errors import EgographError
from egograph.label import ActionLabel


class RunFolder:
    """The output folder of a run.

    Args:
        path: the folder; it is made if it is not there.

    Raises:
        EgographError: it cannot be made or written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            TemporaryFile(dir=path).close()
        except OSError as fault:
            raise EgographError(f"{path}: cannot be written ({fault.strerror}); give another output=DIR") from None

    @property
    def labels(self) -> Path:
        """Where the labels go, one JSON object a line."""
        return self.path / "labels.jsonl"

    @property
    def cache(self) -> Path:
        """Where the nodes go, a zarr store."""
        return self.path / "cache"

    @property
    def summary(self) -> Path:
        """Where the summary goes, once the run has ended."""
        return self.path / "summary.json"

    def write_summary(self, summary: Mapping[str, Any]) -> None:
        """Write the summary in one step: it is there whole or not at all."""
        part = self.summary.with_suffix(".json.part")
        part.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(self.summary)


class LabelFile:
    """Writes a run's labels line by line, each one out before the next is begun.

    What an earlier run left in the folder goes when the first label comes; a run without labels touches nothing.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._file: FileIO | None = None

    def append(self, label: ActionLabel) -> None:
        """Write one line."""
        if self._file is None:
            self._folder.summary.unlink(missing_ok=True)
            self._file = FileIO(self._folder.labels, "w")
        self._file.write(f"{label.to_json()}\n".encode())

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> "LabelFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_labels(path: Path) -> Iterator[ActionLabel]:
    """The labels of a `labels.jsonl`, in its order."""
    with path.open(encoding="utf-8") as lines:
        yield from map(ActionLabel.from_json, lines)

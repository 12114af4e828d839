"""Collects what the report shows while the clips come, and writes the page."""

from collections.abc import Sequence
from pathlib import Path

from egograph.errors import EgographError
from egograph.label import ActionLabel
from egograph.pipeline import LabelledClip
from egograph.report.moments import MomentPicker
from egograph.report.page import StreamRecord, render
from egograph.video.clip import Clip


class ReportBuilder:
    """The report of one run over one or several streams.

    It keeps every label, and of a few moments a stream their still and their graph; no clip is held.

    Args:
        model: what the model is called on the page.
        nouns: the vocabulary's nouns.
        threshold: the confidence below which the model abstains.
    """

    def __init__(self, model: str, nouns: Sequence[str], threshold: float) -> None:
        self._model, self._nouns, self._threshold = model, tuple(nouns), threshold
        self._labels: dict[str, list[ActionLabel]] = {}
        self._pickers: dict[str, MomentPicker] = {}

    def add(self, clip: Clip, labelled: LabelledClip) -> None:
        """Take in the next clip of its stream."""
        if clip.stream not in self._labels:
            self._labels[clip.stream] = []
            self._pickers[clip.stream] = MomentPicker(self._nouns)
        self._labels[clip.stream].append(labelled.label)
        self._pickers[clip.stream].offer(clip, labelled)

    def write(self, path: Path) -> None:
        """Write the page, whole or not at all.

        Raises:
            EgographError: the file cannot be written.
        """
        records = [
            StreamRecord(name, tuple(labels), self._pickers[name].moments) for name, labels in self._labels.items()
        ]
        part = path.with_name(path.name + ".part")
        try:
            part.write_text(render(self._model, self._threshold, records), encoding="utf-8")
            part.replace(path)
        except OSError as fault:
            part.unlink(missing_ok=True)
            raise EgographError(f"{path}: cannot be written ({fault.strerror}); choose another folder") from None

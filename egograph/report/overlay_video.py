"""The overlay video of one stream: its clips' frames with their graphs and labels, at the clock's rate."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from egograph.pipeline import LabelledClip
from egograph.report.overlay import draw_clip_frame
from egograph.video.clip import Clip
from egograph.video.writer import VideoWriter


class OverlayVideo:
    """Writes an overlay video clip by clip; a context manager, the file is whole when it ends.

    Args:
        path: where the MP4 goes.
        fps: frames a second of the stream's clock.
        nouns: the vocabulary's nouns.
    """

    def __init__(self, path: Path, fps: float, nouns: Sequence[str]) -> None:
        self._path, self._fps, self._nouns = path, fps, nouns
        self._writer: VideoWriter | None = None

    def __enter__(self) -> "OverlayVideo":
        return self

    def add(self, clip: Clip, labelled: LabelledClip) -> None:
        """Draw and write the stream's next clip; padding is left out."""
        for index in range(int(clip.valid.sum())):
            picture = draw_clip_frame(clip.frames[index], labelled.graph, index, labelled.label, self._nouns)
            if self._writer is None:
                size = (picture.shape[1], picture.shape[0])
                self._writer = VideoWriter(self._path, self._fps, size).__enter__()
            self._writer.write(picture)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.__exit__(kind, fault, trace)

"""LiveView: labels a stream that does not wait, and paints what it saw; whoever shows it asks for picture and state."""

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from egograph.label import ActionLabel
from egograph.model import EgoGraph
from egograph.pipeline import LabelledClip, StreamLabeller, observe, prepare
from egograph.report.canvas import Canvas
from egograph.report.frame_graph import frame_graph
from egograph.report.overlay import draw_graph, fit
from egograph.report.palette import INK
from egograph.summary import StreamTally
from egograph.video.clip import Clip
from egograph.video.latest import LatestClips

_INSET, _MARGIN = 22, 1.5  # percent of the picture's width
_FRAME = 2  # pixels


@dataclass(frozen=True)
class Seen:
    """A labelled clip, and when it was shown first, seconds of `time.time()`."""

    clip: Clip
    labelled: LabelledClip
    since: float


@dataclass(frozen=True)
class Painting:
    """A picture to show.

    Attributes:
        number: counts the pictures.
        pixels: uint8 `[H, W, 3]`, RGB; a frame of the newest labelled clip with its graph, and in its corner the
            newest frame of the stream.
        label: the clip's label; None before the first.
        behind: seconds that the frame is older than the newest one.
    """

    number: int
    pixels: NDArray[np.uint8]
    label: ActionLabel | None
    behind: float


class LiveView:
    """Runs while it is entered: one thread labels the newest clip, over and over, another paints.

    A label is of a whole clip, so the picture plays the clip that was labelled last, at the clock's rate, with the
    graph that led to its label. The newest frame is small in its corner, and shows how far behind that is.

    Args:
        model: the model.
        clips: the stream's newest clips; entered and left with the view, while their reader stays open.
        tally: counts the labels.
        fps: pictures a second.
        now: the present, seconds of `time.time()`.

    Attributes:
        tally: as given.
        fault: what ended the stream before its time, if something did.
    """

    def __init__(
        self,
        model: EgoGraph,
        clips: LatestClips,
        tally: StreamTally,
        fps: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.tally = tally
        self.fault: Exception | None = None
        self._model, self._clips, self._fps, self._now = model, clips, fps, now
        self._changed = Condition()
        self._seen: Seen | None = None
        self._painting: Painting | None = None
        self._painted: deque[float] = deque(maxlen=16)
        self._ended = self._stopped = False
        self._threads = [Thread(target=self._run, args=(work,), daemon=True) for work in (self._label, self._paint)]

    def __enter__(self) -> Self:
        self._clips.__enter__()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        self._clips.__exit__(kind, fault, trace)
        for thread in self._threads:
            thread.join()

    def end(self) -> None:
        """Let it end before the stream does; a signal handler may call it."""
        self._ended = True

    def wait(self, seconds: float) -> bool:
        """Wait, not for ever, for the stream's end; gives whether it has come."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ended, seconds)

    def picture(self, after: int = 0, wait: float = 0.0) -> Painting | None:
        """The newest picture whose number is above `after`; None if none comes within `wait` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._number > after, wait)
            return self._painting if self._number > after else None

    def state(self) -> dict[str, Any]:
        """What a display says beside the picture, as plain JSON values."""
        with self._changed:
            painting, label = self._painting, self.tally.last
            times = [*self._painted]
        rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
        return {
            "stream": self.tally.stream,
            "label": None if label is None else json.loads(label.to_json()),
            "labels": self.tally.clips,
            "dropped": self._clips.dropped,
            "age_ms": self.tally.outcome().age_ms | ({} if label is None else {"last": label.age_ms}),
            "fps": round(rate, 1),
            "behind_ms": 0 if painting is None else round(1000 * painting.behind),
            "ended": self._ended,
        }

    @property
    def _number(self) -> int:
        return 0 if self._painting is None else self._painting.number

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as fault:  # it is told by who waits for the end
            self.fault = fault
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _label(self) -> None:
        labeller = StreamLabeller(self._model)
        for latest in self._clips:
            prepared = prepare(latest.clip, self._model.encoder.preprocess, latest.arrival)
            [observed] = observe(self._model, [prepared])
            labelled = labeller.label(observed)
            with self._changed:
                self._seen = Seen(latest.clip, labelled, self._now())
                self.tally.add(labelled.label)
                self.tally.dropped = latest.dropped
        if self._seen is not None:  # let the last clip be seen too
            self._pause(len(self._seen.clip.times) / self._fps)

    def _paint(self) -> None:
        while not self._ended and not self._stopped:
            began = self._now()
            newest = self._clips.picture()
            if newest is not None:
                number = self._number + 1
                painting = self._compose(number, *newest)
                with self._changed:
                    self._painting = painting
                    self._painted.append(self._now())
                    self._changed.notify_all()
            self._pause(began + 1 / self._fps - self._now())

    def _compose(self, number: int, time: float, newest: NDArray[np.uint8]) -> Painting:
        seen = self._seen
        if seen is None:
            return Painting(number, fit(newest), None, 0.0)
        last = int(seen.clip.valid.sum()) - 1
        index = min(last, int((self._now() - seen.since) * self._fps))
        graph = frame_graph(seen.labelled.graph, self._model.vocabulary.nouns, index)
        pixels = draw_graph(fit(seen.clip.frames[index]), graph)
        return Painting(number, _with_inset(pixels, newest), seen.labelled.label, time - float(seen.clip.times[index]))

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopped, max(0.0, seconds))


def _with_inset(picture: NDArray[np.uint8], newest: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture `[H, W, 3]` with the newest frame small in its upper right corner, framed and called `now`."""
    unit = picture.shape[1] / 100
    width = round(_INSET * unit)
    height = round(width * newest.shape[0] / newest.shape[1])
    inset = cv2.resize(newest, (width, height), interpolation=cv2.INTER_AREA)
    framed = np.pad(inset, ((_FRAME, _FRAME), (_FRAME, _FRAME), (0, 0)), constant_values=255)
    margin = round(_MARGIN * unit)
    left, bottom = picture.shape[1] - margin - framed.shape[1], margin + framed.shape[0]
    out = picture.copy()
    out[margin:bottom, left : left + framed.shape[1]] = framed
    canvas = Canvas(out)
    canvas.fill((left, bottom - 2 * unit, left + 4.2 * unit, bottom), INK, opacity=0.7)
    canvas.text((left + 0.6 * unit, bottom - 0.6 * unit), "now", 1.6 * unit, (255, 255, 255))
    return canvas.pixels()

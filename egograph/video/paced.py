"""Play a video as a camera would: every frame at its time."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from egograph.video.reader import Frame


def paced(
    frames: Iterable[Frame], wait: Callable[[float], object] = time.sleep, now: Callable[[], float] = time.time
) -> Iterator[Frame]:
    """Give each frame when its time has come, counted from the moment of the first; a frame that is late at once.

    Args:
        frames: a stream's frames.
        wait: waits for some seconds.
        now: the present, seconds of `time.time()`.
    """
    begin = None
    for frame in frames:
        begin = now() - frame.time if begin is None else begin
        early = begin + frame.time - now()
        if early > 0:
            wait(early)
        yield replace(frame, arrival=now())

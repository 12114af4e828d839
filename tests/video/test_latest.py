import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from egograph.errors import TruncatedSource
from egograph.video.latest import LatestClips
from egograph.video.open_reader import open_reader
from egograph.video.paced import paced
from egograph.video.reader import Frame
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import number_of, steady, write_numbered

CLOCK = ClipSampler(fps=4, frames=2)  # a clip is half a second


class Camera:
    """A live reader of 20 frames a second: frame n is n / 20 s old, and comes when `send` lets it."""

    live = True
    duration = None

    def __init__(self) -> None:
        self.end = 0.0
        self.fault: Exception | None = None
        self.converted: list[float] = []
        self._let = threading.Semaphore(0)
        self._read = threading.Semaphore(0)
        self._last: int | None = None
        self._sent = 0

    def send(self, seconds: float, last: bool = False) -> None:
        """Let frames come, and wait until they are read."""
        count = round(seconds * 20)
        self._sent += count
        if last:
            self._last = self._sent
        for _ in range(count + last):
            self._let.release()
        for _ in range(count):
            assert self._read.acquire(timeout=10)

    def frames(self) -> Iterator[Frame]:
        number = 0
        while True:
            self._let.acquire()
            if number == self._last:
                if self.fault is not None:
                    raise self.fault
                return
            self.end = (number + 1) / 20
            yield Frame(number / 20, number, arrival=1000 + number / 20)
            self._read.release()  # the frame before was dealt with when the next is asked for
            number += 1

    def pixels(self, frames):
        self.converted += [frame.time for frame in frames]
        return np.stack([np.full((2, 2, 3), frame.handle, np.uint8) for frame in frames])


@pytest.fixture
def camera() -> Camera:
    return Camera()


def test_who_keeps_up_gets_every_clip(camera):
    with LatestClips(CLOCK, camera, "cam") as latest:
        clips = iter(latest)
        for index in range(4):
            camera.send(0.5)
            taken = next(clips)
            assert (taken.clip.index, taken.clip.stream, taken.dropped) == (index, "cam", 0)
        camera.send(0, last=True)
        assert list(clips) == []


def test_who_is_late_gets_the_newest_clip_and_the_count_of_those_dropped(camera):
    with LatestClips(CLOCK, camera, "cam") as latest:
        clips = iter(latest)
        camera.send(0.5)
        assert next(clips).clip.index == 0
        camera.send(2.0)  # clips 1 to 4
        late = next(clips)
        camera.send(0.5, last=True)
        after = next(clips)
    assert (late.clip.index, late.clip.start, late.clip.stop, late.dropped) == (4, 2.0, 2.5, 3)
    assert (after.clip.index, after.dropped) == (5, 3)


def test_a_dropped_clip_costs_no_pixels(camera):
    with LatestClips(CLOCK, camera, "cam") as latest:
        camera.send(2.0)
        next(iter(latest))
        camera.send(0, last=True)
    assert camera.converted == [1.5, 1.75]


def test_a_clip_tells_when_its_last_frame_was_there(camera):
    with LatestClips(CLOCK, camera, "cam") as latest:
        camera.send(0.5)
        assert next(iter(latest)).arrival == 1000.25
        camera.send(0, last=True)


def test_the_newest_picture_is_there_between_clips(camera):
    with LatestClips(CLOCK, camera, "cam") as latest:
        assert latest.picture() is None
        camera.send(0.7)
        seconds, pixels = latest.picture()
        camera.send(0, last=True)
    assert (seconds, pixels.shape, pixels[0, 0, 0]) == (0.65, (2, 2, 3), 13)


@pytest.mark.parametrize(
    ("kind", "said"), [(TruncatedSource, ("cam: decoding stopped", 0.75)), (ValueError, ("a bug",))]
)
def test_a_fault_is_told_where_the_clips_are_taken(camera, kind, said):
    camera.fault = kind(*said)
    with LatestClips(CLOCK, camera, "cam") as latest:
        clips = iter(latest)
        camera.send(0.5)
        next(clips)
        camera.send(0.25, last=True)
        with pytest.raises(kind, match=said[0]):
            list(clips)


def test_leaving_stops_the_thread(camera):
    with LatestClips(CLOCK, camera, "cam") as latest:
        camera.send(0.5)
        next(iter(latest))
        camera._let.release()  # the frame at which it looks up
    assert not latest._thread.is_alive()


def test_a_file_is_played_at_its_pace(tmp_path):
    path = write_numbered(tmp_path / "a.mp4", steady(30, 25))
    sampler = ClipSampler(fps=10, frames=4)
    began = time.time()
    with (
        open_reader(Source(str(path), "a", live=False), "pyav") as reader,
        LatestClips(sampler, reader, "a") as latest,
    ):
        taken = list(latest)
    numbers = [0, 2, 5, 7, 10, 12, 15, 17, 20, 22, 25, 27]
    for one in taken:
        assert one.arrival - began >= one.clip.times[-1]  # no frame is there before its time
        first = 4 * one.clip.index
        assert [number_of(frame) for frame in one.clip.frames] == numbers[first : first + 4]
    assert len(taken) + taken[-1].dropped == 3
    assert time.time() - began < 10


class FakeTime:
    def __init__(self) -> None:
        self.time = 100.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.time += seconds


def test_paced_frames_wait_for_their_times():
    fake = FakeTime()
    played = list(paced([Frame(time, None) for time in (0.0, 0.5, 0.6)], fake.wait, fake.now))
    assert fake.waits == [0.5, 0.1]
    assert [frame.arrival for frame in played] == pytest.approx([100.0, 100.5, 100.6])


def test_a_late_frame_does_not_push_back_the_next():
    fake = FakeTime()
    frames = paced([Frame(time, None) for time in (0.0, 0.5, 0.6, 1.0)], fake.wait, fake.now)
    next(frames)
    fake.time += 0.7  # its user was busy
    assert len(list(frames)) == 3
    assert fake.waits == [0.3]

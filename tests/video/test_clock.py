from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from egograph.errors import TruncatedSource
from egograph.video.clock import Clock, Pick, picks
from egograph.video.reader import Frame

CLOCK = Clock(fps=8, frames=8)


def frames_at(times):
    return [Frame(float(time), number) for number, time in enumerate(times)]


def clips_of(times, end, live=False) -> list[Pick]:
    return list(picks(frames_at(times), CLOCK, live, lambda: end))


def numbers(pick: Pick) -> list[int]:
    return [frame.handle for frame in pick.frames]


@pytest.mark.parametrize(
    "rate", [Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(5), Fraction(90)]
)
def test_each_tick_shows_the_last_frame_that_is_not_later_than_it(rate):
    times = [n / rate for n in range(int(7 * rate))]
    shown = [n for pick in clips_of(times, end=7.0) for n in numbers(pick)]
    expected = [
        max(n for n, time in enumerate(times) if time <= Fraction(tick, 8) + Fraction(1, 1000)) for tick in range(56)
    ]
    assert shown == expected


def test_a_variable_rate_is_sampled_by_time_and_not_by_count():
    times = np.cumsum(np.random.default_rng(0).choice([0.011, 0.033, 0.4], 200)) - 0.011
    times[0] = 0.0
    end = times[-1] + 0.033
    shown = [n for pick in clips_of(times, end) for n in numbers(pick)]
    ticks = np.arange(int(np.ceil((end - 0.001) * 8)))
    assert shown == (np.searchsorted(times, ticks / 8 + 0.001, side="right") - 1).tolist()


def test_a_frame_that_a_container_rounded_up_by_less_than_a_millisecond_is_on_display():
    [rounded] = clips_of([0, 0.1258, 0.2502], end=0.375)
    [later] = clips_of([0, 0.1262, 0.2502], end=0.375)
    assert numbers(rounded) == [0, 1, 2]
    assert numbers(later) == [0, 0, 2]


def test_a_still_picture_is_on_display_at_every_tick_until_the_next_frame():
    clips = clips_of([0, 5.0], end=5.1)
    assert [numbers(pick) for pick in clips] == [[0] * 8] * 5 + [[1]]
    assert [pick.index for pick in clips] == list(range(6))


def test_the_last_clip_stops_where_the_stream_does():
    assert [(pick.stop, len(pick.frames)) for pick in clips_of(np.arange(63) / 25, end=2.52)] == [
        (1, 8),
        (2, 8),
        (2.52, 5),
    ]


def test_a_full_last_clip_stops_where_the_stream_does_too():
    [pick] = clips_of(np.arange(24) / 25, end=0.96)
    assert (len(pick.frames), pick.stop) == (8, 0.96)


def test_no_clip_begins_where_the_stream_ends():
    assert [pick.stop for pick in clips_of(np.arange(50) / 25, end=2.0)] == [1.0, 2.0]


def test_a_lone_frame_is_a_clip():
    [pick] = clips_of([0], end=0.0)
    assert (numbers(pick), pick.stop) == ([0], 0.0)


def counted(times, taken: list[float]) -> Iterator[Frame]:
    for frame in frames_at(times):
        taken.append(frame.time)
        yield frame


def test_a_live_clip_is_there_once_a_frame_after_its_last_tick_is():
    taken: list[float] = []
    clips = picks(counted(np.arange(100) / 25, taken), CLOCK, True, lambda: 4.0)
    next(clips)
    assert taken[-1] == 0.88  # the first frame after the tick at 0.875


def test_a_file_clip_waits_for_the_tick_after_it_and_no_longer():
    taken: list[float] = []
    clips = picks(counted(np.arange(100) / 25, taken), CLOCK, False, lambda: 4.0)
    next(clips)
    assert taken[-1] == 1.04  # the first frame after the tick at 1.0


def test_live_or_not_the_same_frames_are_picked():
    times = np.arange(90) / 29.97
    live, file = clips_of(times, end=3.0, live=True), clips_of(times, end=3.0)
    assert [numbers(pick) for pick in live] == [numbers(pick) for pick in file]
    assert [pick.index for pick in live] == [0, 1, 2]


def test_a_stream_that_breaks_off_gives_its_clips_and_then_the_fault():
    def broken():
        yield from frames_at(np.arange(30) / 25)
        raise TruncatedSource("a.mp4: decoding stopped", decoded=1.2)

    clips = picks(broken(), CLOCK, False, lambda: pytest.fail("the end is the fault's"))
    assert [(len(pick.frames), pick.stop) for pick in (next(clips), next(clips))] == [(8, 1.0), (2, 1.2)]
    with pytest.raises(TruncatedSource):
        next(clips)


def test_a_pick_is_cut_at_the_ticks_that_the_decoded_part_reaches():
    [pick] = clips_of(np.arange(25) / 25, end=1.0)
    assert [len(pick.until(end, CLOCK).frames) for end in (0.0, 0.1, 0.2, 0.5, 1.0)] == [0, 1, 2, 4, 8]
    assert pick.until(0.3, CLOCK).stop == 0.3

"""Contestants timed in turns, so that a machine whose speed moves is as fast for one as for the next."""

import time
from collections.abc import Callable, Mapping
from statistics import median

import torch

_TURN = 0.02  # seconds of calls in one turn, as far as they fit
_CALLS = 50  # of them, at most
_ROUNDS = 3  # at least
_LONG = 1.0  # seconds of a call to which it makes no difference what the caches hold


def time_in_turns(
    contestants: Mapping[str, Callable[[], object]], seconds: float, device: torch.device
) -> dict[str, float]:
    """The median seconds of one call of each contestant.

    In each round each has one turn: a call that is not counted, so that the caches are its own (but where a call takes
    more than a second), then up to 50 that fit into 20 ms. There are at least three rounds, and more until `seconds`
    are over.
    """
    for call in contestants.values():
        call()  # compiles and loads what the first call needs
    times: dict[str, list[float]] = {name: [] for name in contestants}
    end, rounds = time.perf_counter() + seconds, 0
    while rounds < _ROUNDS or time.perf_counter() < end:
        for name, call in contestants.items():
            if not times[name] or times[name][-1] < _LONG:
                call()
            times[name] += _turn(call, device)
        rounds += 1
    return {name: median(taken) for name, taken in times.items()}


def _turn(call: Callable[[], object], device: torch.device) -> list[float]:
    clock = _gpu_seconds if device.type == "cuda" else _seconds
    taken = [clock(call)]
    return taken + [clock(call) for _ in range(min(_CALLS, int(_TURN / taken[0])))]


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _gpu_seconds(call: Callable[[], object]) -> float:
    start, stop = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    call()
    stop.record()
    stop.synchronize()
    return start.elapsed_time(stop) / 1e3

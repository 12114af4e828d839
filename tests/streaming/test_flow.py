import asyncio
import os
import signal
import time
from collections import Counter
from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
import ray
import torch

from egograph.errors import EgographError
from egograph.pipeline import ClipSpan, PreparedClip
from egograph.streaming.actors import Actors, _gpu_share
from egograph.streaming.decoder import Decoded
from egograph.streaming.flow import Flow
from egograph.video.source import Source
from tests.seeded_clips import seeded_clip
from tests.streaming.plain_label import plain_label

pytestmark = pytest.mark.usefixtures("local_ray")


class CountingDecoder:
    """Gives 12 clips as fast as it is asked; of a source called crash, it dies after two."""

    def __init__(self, rest) -> None:
        self.rest = rest

    def open(self, source: Source) -> None:
        self.name, self.given = source.name, 0

    def next(self) -> tuple[Decoded, PreparedClip | None]:
        if self.name == "crash" and self.given == 2:
            os._exit(139)
        if self.given == 12:
            return Decoded(ended=True), None
        self.given += 1
        ray.get(self.rest.count.remote(self.name))
        span = ClipSpan(self.name, self.given - 1, 0.0, 1.0, np.zeros(1), np.ones(1, bool))
        return Decoded(), PreparedClip(span, torch.zeros(1, 2, 2, 3, dtype=torch.uint8), time.time())


class SlowRest:
    """Encoder, recogniser and slow writer in one; counts how far each stream's decoder was ahead of its writer."""

    def __init__(self) -> None:
        self.decoded, self.written, self.ahead = Counter(), {}, Counter()

    async def count(self, stream: str) -> None:
        self.decoded[stream] += 1
        ahead = self.decoded[stream] - len(self.written.get(stream, ()))
        self.ahead[stream] = max(self.ahead[stream], ahead)

    async def observe(self, clip):
        if clip.span.stream == "sour" and clip.span.index == 3:
            raise ValueError("a clip that no model likes\nwith a second line")
        await asyncio.sleep(0.02 if clip.span.index == 1 else 0)  # a later clip is done before it
        return replace(seeded_clip(clip.span.stream, clip.span.index), span=clip.span)

    async def label(self, clip):
        return plain_label(clip.span.stream, clip.span.index)

    async def write(self, clip, label):
        await asyncio.sleep(0.03)
        self.written.setdefault(label.stream, []).append(label.clip)
        return label

    async def finish(self, stream):
        pass

    async def close(self):
        pass

    async def report(self):
        counted = self.written, self.ahead
        self.__init__()
        return counted


@pytest.fixture(scope="module")
def actors(local_ray) -> Actors:
    rest = ray.remote(SlowRest).remote()
    turn = cycle([ray.remote(CountingDecoder).remote(rest) for _ in range(2)])  # the last test kills the first
    return Actors(start_decoder=lambda: next(turn), encoders=(rest,), recogniser=rest, writer=rest)


def lead(actors: Actors, *names: str, files: int, queue: int):
    """Lead streams of these names through; gives the outcomes, what was written, and how far decoders were ahead."""
    flow = Flow(actors, files, 0, queue)
    outcomes = asyncio.run(flow.run([Source(name, name, live=False) for name in names]))
    return outcomes, *ray.get(actors.writer.report.remote())


@pytest.mark.parametrize("queue", [1, 3])
def test_a_fast_decoder_is_held_up_by_a_slow_writer(actors: Actors, queue: int):
    outcomes, written, ahead = lead(actors, "a", "b", files=2, queue=queue)
    assert written == {"a": list(range(12)), "b": list(range(12))}
    assert ahead == {"a": queue, "b": queue}
    assert [outcome.clips for outcome in outcomes] == [12, 12]


def test_a_clip_that_no_model_likes_costs_its_stream_alone(actors: Actors):
    outcomes, written, _ = lead(actors, "sour", "after", files=1, queue=2)
    assert [outcome.fault for outcome in outcomes] == [
        "sour: a fault of egograph's own: ValueError: a clip that no model likes",
        "",
    ]
    assert written == {"sour": [0, 1, 2], "after": list(range(12))}


def test_a_decoder_that_dies_costs_its_stream_alone(actors: Actors):
    outcomes, written, _ = lead(actors, "crash", "after", files=1, queue=4)
    assert [outcome.stream for outcome in outcomes if outcome.fault] == ["crash"]
    assert outcomes[0].fault.startswith("crash: the decoder crashed on it")
    assert written == {"crash": [0, 1], "after": list(range(12))}


class Unplaced(Actors):
    """Actors that Ray finds no room for."""

    async def ready(self) -> None:
        await asyncio.sleep(3600)


def test_actors_without_room_are_told_and_can_be_given_up(monkeypatch, caplog):
    monkeypatch.setattr("egograph.streaming.flow._PATIENCE", 0.05)
    flow = Flow(Unplaced(start_decoder=lambda: None, encoders=(None,), recogniser=None, writer=None), 0, 0, 1)

    async def impatient() -> None:
        asyncio.get_running_loop().call_later(0.2, os.kill, os.getpid(), signal.SIGINT)
        await flow.run([])

    with caplog.at_level("WARNING", "egograph"), pytest.raises(EgographError, match="interrupted before the actors"):
        asyncio.run(impatient())
    assert any("Ray may have no room" in line for line in caplog.messages)


@pytest.mark.parametrize(
    ("encoders", "gpus", "share"), [(1, 0, 0.0), (1, 1, 1.0), (1, 8, 1.0), (2, 1, 0.5), (3, 2, 0.5), (5, 2, 1 / 3)]
)
def test_every_encoder_finds_its_share_on_one_gpu(encoders: int, gpus: int, share: float):
    assert _gpu_share(encoders, gpus) == share
    if gpus:
        assert gpus * (1 // share) >= encoders

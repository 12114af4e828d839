"""The decoder actor: reads one stream at a time and prepares its clips beside the pixels."""

import time
from collections.abc import Generator
from dataclasses import dataclass

import torch

from egograph.encoders.preprocess import Preprocess
from egograph.errors import EgographError
from egograph.pipeline import PreparedClip, prepare
from egograph.video.latest import LatestClip, LatestClips
from egograph.video.open_reader import open_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source


@dataclass(frozen=True)
class Decoded:
    """What a step of decoding gave; small, so that it can travel where the pixels don't.

    Attributes:
        ended: the stream is over, and there is no clip.
        fault: why it ended before its time, in one line; empty if it did not.
        dropped: clips that a live stream dropped up to now, because nobody took them.
    """

    ended: bool = False
    fault: str = ""
    dropped: int = 0


class Decoder:
    """Decodes clip by clip, each when it is asked for, so that it is never ahead of those who ask.

    A live stream does not wait: of it the newest clip is given, and those between are dropped.

    Args:
        sampler: the fixed clock.
        preprocess: the encoder's; only pixels of its size leave the actor.
    """

    def __init__(self, sampler: ClipSampler, preprocess: Preprocess) -> None:
        torch.set_num_threads(1)
        self._sampler, self._preprocess = sampler, preprocess
        self._clips: Generator[LatestClip, None, None] | None = None

    def open(self, source: Source) -> None:
        """Turn to another stream; if it cannot be opened, the first `next` says so."""
        if self._clips is not None:
            self._clips.close()
        self._clips = self._read(source)

    def next(self) -> tuple[Decoded, PreparedClip | None]:
        """The stream's next clip."""
        assert self._clips is not None  # `open` comes first
        try:
            latest = next(self._clips)
        except StopIteration:
            return Decoded(ended=True), None
        except EgographError as fault:
            return Decoded(ended=True, fault=str(fault)), None
        return Decoded(dropped=latest.dropped), prepare(latest.clip, self._preprocess, latest.arrival)

    def _read(self, source: Source) -> Generator[LatestClip, None, None]:
        with open_reader(source, self._sampler.reader) as reader:
            if reader.live:
                with LatestClips(self._sampler, reader, source.name) as clips:
                    yield from clips
            else:
                for clip in self._sampler.sample(reader, source.name):
                    yield LatestClip(clip, arrival=time.time(), dropped=0)

"""The decoder actor: reads one stream at a time and prepares its clips beside the pixels."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch

from egograph.encoders.preprocess import Preprocess
from egograph.errors import EgographError
from egograph.pipeline import PreparedClip, prepare
from egograph.video.clip import Clip
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source


@dataclass(frozen=True)
class Decoded:
    """What became of a step of decoding; small, so that it can travel where the pixels don't.

    Attributes:
        ended: the stream is over and there is no clip.
        fault: why it ended before its time, in one line; empty if it did not.
    """

    ended: bool = False
    fault: str = ""


class Decoder:
    """Decodes clip by clip, each when it is asked for: it is never ahead of those who ask.

    Args:
        sampler: the fixed clock.
        preprocess: the encoder's; only pixels of its size leave the actor.
    """

    def __init__(self, sampler: ClipSampler, preprocess: Preprocess) -> None:
        torch.set_num_threads(1)
        self.sampler, self.preprocess = sampler, preprocess
        self._clips: Iterator[Clip] = iter(())

    def open(self, source: Source) -> None:
        """Turn to another stream; that it cannot be opened is said by the first `next`."""
        self._clips = self.sampler.clips(source)

    def next(self) -> tuple[Decoded, PreparedClip | None]:
        """The stream's next clip."""
        try:
            clip = next(self._clips)
        except StopIteration:
            return Decoded(ended=True), None
        except EgographError as fault:
            return Decoded(ended=True, fault=str(fault)), None
        return Decoded(), prepare(clip, self.preprocess, arrival=time.time())

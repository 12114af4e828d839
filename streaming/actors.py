"""The actors of a job, started: decoders, encoders, a recogniser and a writer."""

import asyncio
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from egograph.cache.key import CacheKey
from egograph.model import EgoGraph
from egograph.streaming.config import StreamConfig
from egograph.streaming.decoder import Decoder
from egograph.streaming.encoder import Encoder
from egograph.streaming.recogniser import Recogniser
from egograph.streaming.writer import Writer


@dataclass(frozen=True)
class Actors:
    """Handles of the started actors.

    Attributes:
        start_decoder: starts a decoder.
        encoders: encode for all streams.
        recogniser: labels all streams.
        writer: writes for all streams.
    """

    start_decoder: Callable[[], Any]
    encoders: tuple[Any, ...]
    recogniser: Any
    writer: Any

    async def ready(self) -> None:
        """Wait until those that all streams share are up."""
        await asyncio.gather(*(each.__ray_ready__.remote() for each in (*self.encoders, self.recogniser, self.writer)))


def start_actors(config: StreamConfig, model: EgoGraph, key: CacheKey) -> Actors:
    """Start what all streams share. The model travels once, through the object store.

    The writer runs on the driver's machine, where the output folder is.
    """
    gpus = _gpu_share(config.encoders, int(ray.cluster_resources().get("GPU", 0)))
    encoder = ray.remote(Encoder).options(num_gpus=gpus)
    here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
    weights = ray.put(model)
    wait, threads = config.batch_wait_ms / 1000, _encoder_threads(config.encoders)
    return Actors(
        start_decoder=partial(ray.remote(Decoder).remote, config.stream, model.encoder.preprocess),
        encoders=tuple(encoder.remote(weights, config.batch, wait, threads) for _ in range(config.encoders)),
        recogniser=ray.remote(Recogniser).remote(weights),
        writer=ray.remote(Writer).options(scheduling_strategy=here).remote(config.output.absolute(), key),
    )


def _gpu_share(encoders: int, gpus: int) -> float:
    """The share of a GPU that each encoder asks for, so that all find a place: none is spread over two."""
    return 1.0 / math.ceil(encoders / gpus) if gpus else 0.0


def _encoder_threads(encoders: int) -> int:
    """CPU threads an encoder: half of the cores are left for decoding, labelling and writing."""
    told = os.environ.get("OMP_NUM_THREADS")
    return int(told) if told else max(1, len(os.sched_getaffinity(0)) // (2 * encoders))

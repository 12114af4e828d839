"""The flow of clips between the actors; the driver moves references, the pixels never come here.

    decoder ─► encoder ─► recogniser ─► writer      one decoder a stream, the others shared by all

Each stream has a bounded queue of clips that are decoded and not yet written. Its decoder is asked for the next clip
only when there is room, so a slow consumer holds up the decoder and memory stays bounded. Clips of a stream are written
in their order.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from egograph.cache.key import CacheKey
from egograph.errors import EgographError
from egograph.model import EgoGraph
from egograph.streaming.decoder import Decoder
from egograph.streaming.encoder import Encoder
from egograph.streaming.progress import show_progress
from egograph.streaming.recogniser import Recogniser
from egograph.streaming.writer import Writer
from egograph.summary import StreamOutcome, StreamTally
from egograph.video.source import Source

if TYPE_CHECKING:
    from egograph.streaming.job import StreamConfig

_log = logging.getLogger("egograph")

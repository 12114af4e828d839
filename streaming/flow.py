"""The flow of clips between the actors. The driver moves references: pixels never come here.

    decoder ─► encoder ─► recogniser ─► writer      a decoder for each stream under way, the others shared by all

A stream has room for a few clips that are decoded and not yet written. Its decoder is asked for the next clip when
there is room, so a slow consumer holds up the decoder, and memory stays bounded. A stream's clips are labelled and
written in their order.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from ray import ObjectRef
from ray.exceptions import RayActorError, RayError, RayTaskError

from egograph.errors import EgographError, first_line
from egograph.streaming.actors import Actors
from egograph.streaming.decoder import Decoded
from egograph.streaming.interrupt import interruptible
from egograph.streaming.progress import pace, show_progress
from egograph.summary import StreamOutcome, StreamTally
from egograph.video.source import Source

_log = logging.getLogger("egograph")
_INTERRUPTED = "interrupted"
_PATIENCE = 30.0  # seconds between two words about actors that do not start

_Queue = asyncio.Queue[ObjectRef | Decoded]


class Flow:
    """Leads streams through the actors, some files at a time and all live sources at once.

    Args:
        actors: the actors.
        files: files at a time.
        live: live sources.
        queue: clips of one stream that are decoded and not yet written, at most.
    """

    def __init__(self, actors: Actors, files: int, live: int, queue: int) -> None:
        self._actors, self._queue = actors, queue
        self._idle = [actors.start_decoder() for _ in range(files + live)]
        self._file_slots = asyncio.Semaphore(files)
        self._encoders = cycle(actors.encoders)
        self._stop = asyncio.Event()
        self._under_way: list[StreamTally] = []

    @property
    def interrupted(self) -> bool:
        """Whether the run was asked to end before its time."""
        return self._stop.is_set()

    async def run(self, sources: Sequence[Source]) -> tuple[StreamOutcome, ...]:
        """Label all sources; Ctrl-C ends each with the clips that are under way.

        Raises:
            EgographError: the actors cannot be started.
        """
        with interruptible(self._stop):
            await self._start()
            progress = asyncio.create_task(show_progress(self._under_way))
            outcomes = await asyncio.gather(*(self._follow(source) for source in sources))
            progress.cancel()
            self._actors.writer.close.remote()
        return tuple(outcomes)

    async def _start(self) -> None:
        """Wait for the actors; Ray waits without a word where it has no room for one."""
        ready, stop = asyncio.create_task(self._actors.ready()), asyncio.create_task(self._stop.wait())
        while not ready.done() and not stop.done():
            done, _ = await asyncio.wait((ready, stop), timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                _log.warning("the actors are not up yet: Ray may have no room for them; wait, or give fewer encoders=")
        stop.cancel()
        try:
            if not ready.done():
                ready.cancel()
                raise EgographError("interrupted before the actors were up; nothing was labelled")
            ready.result()
        except RayError as fault:
            raise EgographError(f"Ray: the actors cannot be started: {_reason(fault)}") from None

    async def _follow(self, source: Source) -> StreamOutcome:
        async with nullcontext() if source.live else self._file_slots:
            tally = StreamTally(source.name, str(source))
            self._under_way.append(tally)
            fault = await self._lead(source, tally)
            self._under_way.remove(tally)
        if fault and fault != _INTERRUPTED:
            _log.error("%s", fault)
        elif tally.clips:
            _log.info("%s: done, %s", tally.stream, pace(tally))
        return tally.outcome(fault)

    async def _lead(self, source: Source, tally: StreamTally) -> str:
        """Lead one stream from its decoder to the writer; gives the fault that ended it, if one did."""
        queue: _Queue = asyncio.Queue()  # bounded by the room
        room = asyncio.Semaphore(self._queue)
        fault = ""
        try:
            async with asyncio.TaskGroup() as stages:
                stages.create_task(self._decode(source, tally, room, queue))
                written = stages.create_task(self._label_and_write(queue, room, tally))
            fault = written.result()
            if fault != _INTERRUPTED:
                await self._actors.writer.finish.remote(source.name)
        except* RayError as faults:
            fault = f"{source}: {_reason(faults.exceptions[0])}"
        self._actors.recogniser.finish.remote(source.name)
        return fault

    async def _decode(self, source: Source, tally: StreamTally, room: asyncio.Semaphore, queue: _Queue) -> None:
        """Decode ahead as far as there is room, and send each clip on to an encoder."""
        encoder, decoder = next(self._encoders), self._idle.pop()
        given = replace(source, address=str(Path(source.address).absolute())) if source.is_file else source
        try:
            await decoder.open.remote(given)
            tally.started = time.monotonic()
            while True:
                await room.acquire()
                step, clip = decoder.next.options(num_returns=2).remote()
                decoded = await self._answer(source, step)
                if decoded.ended:
                    break
                tally.dropped = decoded.dropped
                queue.put_nowait(encoder.observe.remote(clip))
            end = replace(decoded, fault=decoded.fault.replace(given.address, source.address))
        except RayActorError:  # video libraries crash on some files
            decoder = self._actors.start_decoder()
            end = Decoded(ended=True, fault=f"{source}: the decoder crashed on it; try stream.reader=pyav")
        finally:
            self._idle.append(decoder)
        queue.put_nowait(end)

    async def _answer(self, source: Source, step: ObjectRef) -> Decoded:
        """Wait for a step of decoding, or to be asked to stop; a file is cut short by that, a live source just ends."""
        answer, asked = asyncio.wrap_future(step.future()), asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({answer, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if not answer.done():
            answer.cancel()
            return Decoded(ended=True, fault="" if source.live else _INTERRUPTED)
        decoded: Decoded = answer.result()
        return decoded

    async def _label_and_write(self, queue: _Queue, room: asyncio.Semaphore, tally: StreamTally) -> str:
        """Label and write clips in their order, to the stream's end; gives the fault that ended it, if one did."""
        recogniser, writer = self._actors.recogniser, self._actors.writer
        while True:
            observed = await queue.get()
            if isinstance(observed, Decoded):
                return observed.fault
            await observed  # a call that waits for its argument would hold up the calls of other streams behind it
            label = await recogniser.label.remote(observed)
            tally.add(await writer.write.remote(observed, label))
            room.release()


def _reason(fault: BaseException) -> str:
    """A fault of an actor in one line."""
    if isinstance(fault, RayTaskError):
        if isinstance(fault.cause, EgographError):
            return str(fault.cause)
        return f"a fault of egograph's own: {type(fault.cause).__name__}: {first_line(fault.cause)}"
    return f"a process of the job was lost ({first_line(fault)})"

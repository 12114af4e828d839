"""The encoder actor: finds the nodes of clips of many streams, batch by batch."""

import asyncio
from dataclasses import fields, replace

import torch

from egograph.memory import keep_freed_memory
from egograph.model import EgoGraph
from egograph.nodes.nodes import Nodes
from egograph.pipeline import ObservedClip, PreparedClip, observe

_Waiting = tuple[PreparedClip, "asyncio.Future[ObservedClip]"]


class Encoder:
    """Encodes what waits in one batch; a lone clip waits a moment for others to share it.

    Args:
        model: of which the encoder and the node extractor are used.
        batch: clips in a batch, at most.
        wait: seconds that a batch waits to be filled, at most.
        threads: CPU threads.
    """

    def __init__(self, model: EgoGraph, batch: int, wait: float, threads: int) -> None:
        torch.set_num_threads(threads)
        keep_freed_memory()
        self.model = model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
        self.batch, self.wait = batch, wait
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()
        self.model.warm_up()
        self._work: asyncio.Task[None] | None = None

    async def observe(self, clip: PreparedClip) -> ObservedClip:
        """Find the nodes of a clip, in a batch with those of others."""
        self._work = self._work or asyncio.create_task(self._encode_batches())
        observed: asyncio.Future[ObservedClip] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait((clip, observed))
        return await observed

    async def _encode_batches(self) -> None:
        while True:
            batch = await self._gather()
            clips = [clip for clip, _ in batch]
            try:
                nodes = await asyncio.to_thread(observe, self.model, clips)
            except Exception as fault:
                for _, observed in batch:
                    observed.set_exception(fault)
                continue
            for (_, observed), result in zip(batch, nodes, strict=True):
                observed.set_result(replace(result, nodes=_own(result.nodes)))

    async def _gather(self) -> list[_Waiting]:
        batch = [await self._waiting.get()]
        try:
            async with asyncio.timeout(self.wait):
                while len(batch) < self.batch:
                    batch.append(await self._waiting.get())
        except TimeoutError:
            pass
        return batch


def _own(nodes: Nodes) -> Nodes:
    """The nodes in memory of their own: a slice of the batch would travel with the whole batch."""
    return Nodes(**{field.name: getattr(nodes, field.name).cpu().clone() for field in fields(nodes)})

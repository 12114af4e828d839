"""`egograph cache`: list what is cached, check that it is whole, drop what no replay can use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from egograph.cache.key import CacheKey
from egograph.cache.store import NodeCache
from egograph.cache.upkeep import CacheEntry, drop, garbage, list_groups, verify_groups
from egograph.checkpoint import load_model
from egograph.cli.outcome import DONE, SOME_FAILED, Outcome


@dataclass(frozen=True)
class CacheConfig:
    """What `egograph cache` needs to know.

    Attributes:
        action: ls lists, verify reads every chunk and compares its checksum, gc drops what no replay can use.
        cache: the output folder of a run, or the cache folder in it.
        model: with gc, drop too what this model cannot replay: a folder that training wrote, or built-in.
    """

    action: Literal["ls", "verify", "gc"]
    cache: Path
    model: str | None = None


def run(config: CacheConfig) -> Outcome:
    """List, verify or clean up.

    Raises:
        EgographError: there is no cache.
    """
    cache = NodeCache.find(config.cache)
    if config.action == "gc":
        return _gc(cache, config.model)
    entries = list_groups(cache) if config.action == "ls" else verify_groups(cache)
    for line in _table(entries):
        print(line)
    broken = sum(bool(entry.fault) for entry in entries)
    record = {"streams": [_record(entry) for entry in entries], "broken": broken}
    return Outcome(SOME_FAILED if broken else DONE, record)


def _gc(cache: NodeCache, model: str | None) -> Outcome:
    wanted = None if model is None else CacheKey.of(load_model(model))
    found = garbage(cache, wanted)
    drop(found)
    for item in found:
        print(f"dropped {item.entry.stream}, {_size(item.entry.size)}: {item.reason}")
    freed = sum(item.entry.size for item in found)
    print(f"{len(found)} dropped, {_size(freed)} freed")
    dropped = [{"stream": item.entry.stream, "reason": item.reason} for item in found]
    return Outcome(DONE, {"dropped": dropped, "freed_bytes": freed})


def _table(entries: Sequence[CacheEntry]) -> list[str]:
    rows = [("stream", "clips", "seconds", "size", "weights", "made", "state"), *map(_row, entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(entry: CacheEntry) -> tuple[str, ...]:
    return (
        entry.stream,
        str(entry.clips),
        f"{entry.seconds:.1f}",
        _size(entry.size),
        entry.weights[:12],
        f"{datetime.fromtimestamp(entry.when):%Y-%m-%d %H:%M}",
        entry.fault or ("whole" if entry.complete else "unfinished"),
    )


def _record(entry: CacheEntry) -> dict[str, Any]:
    return vars(entry) | {"path": str(entry.path)}


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB"

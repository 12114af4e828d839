import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import zarr

from egograph.cache.store import NodeCache
from egograph.cache.upkeep import drop, garbage, list_groups, verify_groups
from egograph.errors import EgographError
from tests.seeded_clips import KEY, seeded_clip


@pytest.fixture
def cache(tmp_path: Path) -> NodeCache:
    """Streams `whole` (5 clips) and `unfinished` (2 clips)."""
    cache = NodeCache(tmp_path)
    for stream, clips in (("whole", 5), ("unfinished", 2)):
        writer = cache.writer(stream, KEY)
        for index in range(clips):
            writer.append(seeded_clip(stream, index))
        if stream == "whole":
            writer.finish()
    return cache


def damage(cache: NodeCache, array: str) -> None:
    chunk = next(path for path in (cache.folder / "whole" / array / "c").rglob("*") if path.is_file())
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 0xFF
    chunk.write_bytes(content)


def lose(cache: NodeCache, array: str) -> None:
    shutil.rmtree(cache.folder / "whole" / array / "c")


def lose_array(cache: NodeCache, array: str) -> None:
    shutil.rmtree(cache.folder / "whole" / array)


def test_ls_says_what_is_there_and_by_whom_it_was_made(cache: NodeCache):
    unfinished, whole = list_groups(cache)
    assert (whole.stream, whole.clips, whole.seconds, whole.complete, whole.weights) == (
        "whole",
        5,
        2.5,
        True,
        KEY.weights,
    )
    assert (unfinished.stream, unfinished.clips, unfinished.complete) == ("unfinished", 2, False)
    assert whole.size > 1000


@pytest.mark.parametrize("array", ["feature", "kind", "valid", "span", "clip"])
@pytest.mark.parametrize("harm", [damage, lose, lose_array])
def test_verify_and_read_find_what_is_lost_or_damaged(cache: NodeCache, array: str, harm):
    assert [entry.fault for entry in verify_groups(cache)] == ["", ""]
    harm(cache, array)
    faults = {entry.stream: entry.fault for entry in verify_groups(cache)}
    assert array in faults["whole"]
    assert "\n" not in faults["whole"]
    assert not faults["unfinished"]
    with pytest.raises(EgographError, match="label whole again"):
        list(cache.read("whole", KEY))


def test_gc_drops_what_no_replay_can_use(cache: NodeCache):
    other = replace(KEY, weights="b" * 64, sampling={})
    found = garbage(cache, other)
    assert [item.entry.stream for item in found] == ["whole"]  # the unfinished one may still be written
    assert "weights" in found[0].reason
    assert "sampling" not in found[0].reason
    assert len(cache.streams()) == 2  # finding is not dropping
    drop(found)
    assert cache.streams() == ["unfinished"]


def test_gc_keeps_what_a_broken_off_run_left_as_it_can_be_replayed(cache: NodeCache):
    cache.writer("empty", KEY)
    for stream in ("unfinished", "empty"):
        group = zarr.open_group(cache.folder / stream, mode="r+")
        group.update_attributes({"egograph": group.attrs["egograph"] | {"when": 0.0}})
    assert [(item.entry.stream, item.reason) for item in garbage(cache)] == [("empty", "empty")]
    assert len(list(cache.read("unfinished", KEY))) == 2
    [_, stale, _] = garbage(cache, replace(KEY, weights="b" * 64))
    assert stale.entry.stream == "unfinished"


def test_gc_drops_a_damaged_group(cache: NodeCache):
    damage(cache, "box")
    assert [(item.entry.stream, item.reason) for item in garbage(cache)] == [("whole", "damaged")]


def test_a_folder_that_is_no_group_is_listed_as_broken(cache: NodeCache):
    (cache.folder / "whole" / "zarr.json").write_text("")
    [_, broken] = list_groups(cache)
    assert "no stream's cache" in broken.fault


def test_annotated_nodes_are_replayed_and_kept_by_the_model_that_read_them(tmp_path: Path):
    annotated = replace(KEY, nodes={"extractor": "annotations", "folder": "visor"})
    cache = NodeCache(tmp_path)
    writer = cache.writer("whole", annotated)
    writer.append(seeded_clip("whole", 0))
    writer.finish()
    assert len(list(cache.read("whole", KEY))) == 1
    assert garbage(cache, KEY) == []
    [item] = garbage(cache, replace(KEY, weights="b" * 64))
    assert item.reason.startswith("stale: weights")

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import zarr

from egograph.cache.store import NodeCache
from egograph.errors import EgographError
from tests.seeded_clips import KEY, assert_same, seeded_clip


def fill(cache: NodeCache, stream: str, clips: int, key=KEY, finish: bool = True, **kind) -> None:
    writer = cache.writer(stream, key)
    for index in range(clips):
        writer.append(seeded_clip(stream, index, **kind))
    if finish:
        writer.finish()


@pytest.mark.parametrize("feature", [torch.float32, torch.bfloat16, torch.float16])
def test_what_is_read_is_what_was_written_bit_by_bit(tmp_path: Path, feature: torch.dtype):
    cache = NodeCache(tmp_path / "cache")
    fill(cache, "P01_01", 70, feature=feature)  # more than one block of the reader
    read = list(cache.read("P01_01", KEY))
    assert len(read) == 70
    for index, clip in enumerate(read):
        assert_same(clip, seeded_clip("P01_01", index, feature))


def test_arrays_span_many_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("egograph.cache.writer._CHUNK_BYTES", 200)
    cache = NodeCache(tmp_path)
    fill(cache, "long", 30)
    group = zarr.open_group(tmp_path, mode="r")["long"]
    assert group["feature"].nchunks > 25
    assert group["feature"].shape[0] == sum(len(seeded_clip("long", index).nodes) for index in range(30))
    for index, clip in enumerate(cache.read("long", KEY)):
        assert_same(clip, seeded_clip("long", index))


def test_the_store_is_zarr_3_with_one_group_a_stream(tmp_path: Path):
    cache = NodeCache(tmp_path)
    fill(cache, "P01_01", 2)
    fill(cache, "P01/left cam", 3)
    root = zarr.open_group(tmp_path, mode="r")
    assert root.metadata.zarr_format == 3
    assert {group.attrs["egograph"]["stream"] for _, group in root.groups()} == {"P01_01", "P01/left cam"}
    assert root["P01_01/box"].shape[1] == 4


def test_streams_of_any_name_live_side_by_side(tmp_path: Path):
    names = [
        "a",
        "a/b",
        "a%2Fb",
        "a~new",
        "..",
        ".",
        "box",
        "zarr.json",
        "küche",
        "x" * 400,
        "x" * 401,
        "rtsp://h/1?k=2",
        " ",
    ]
    cache = NodeCache(tmp_path / "cache")
    for count, name in enumerate(names, start=1):
        fill(cache, name, count)
    assert cache.streams() == sorted(names)
    assert [len(list(cache.read(name, KEY))) for name in names] == list(range(1, len(names) + 1))
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weights": "b" * 64}, "weights (cached aaaaaaaaaaaa, the model has bbbbbbbbbbbb)"),
        ({"preprocess": {"height": 64, "width": 32}}, "preprocess.height (cached 32, wanted 64)"),
        ({"sampling": {"fps": 4.0, "frames": 4}}, "sampling.fps (cached 8.0, wanted 4.0)"),
        ({"nodes": {"extractor": "QueryNodes", "dim": 8}}, "nodes.dim (cached 6, wanted 8)"),
        ({"version": 99}, "format version (cached 1, wanted 99)"),
    ],
)
def test_a_stale_cache_is_refused_and_says_which_part_differs(tmp_path: Path, changed, said: str):
    cache = NodeCache(tmp_path)
    fill(cache, "P01_01", 1)
    with pytest.raises(EgographError) as refusal:
        cache.read("P01_01", replace(KEY, **changed))
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_old_cache_stays_until_the_new_one_is_whole(tmp_path: Path):
    cache = NodeCache(tmp_path)
    other = replace(KEY, weights="b" * 64)
    fill(cache, "s", 5)
    fill(cache, "s", 2, key=other, finish=False)  # a run with other weights that was killed
    assert len(list(cache.read("s", KEY))) == 5
    assert len(list(cache.read("s", other))) == 2
    fill(cache, "s", 3, key=other)
    assert len(list(cache.read("s", other))) == 3
    with pytest.raises(EgographError, match="weights"):
        cache.read("s", KEY)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["s"]


@pytest.mark.parametrize("done", [1, 2])
def test_a_kill_while_the_new_cache_takes_the_old_ones_place(tmp_path: Path, done: int):
    cache = NodeCache(tmp_path)
    fill(cache, "s", 5)
    fill(cache, "s", 3, finish=False)
    new = zarr.open_group(tmp_path / "s~new", mode="r+")
    new.update_attributes({"egograph": new.attrs["egograph"] | {"complete": True, "when": 2e9}})
    (tmp_path / "s").rename(tmp_path / "s~old")
    if done == 2:
        (tmp_path / "s~new").rename(tmp_path / "s")
    assert cache.streams() == ["s"]
    assert len(list(cache.read("s", KEY))) == 3
    fill(cache, "s", 4)
    assert len(list(cache.read("s", KEY))) == 4
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["s"]


def test_a_stream_is_read_while_it_grows(tmp_path: Path):
    cache = NodeCache(tmp_path)
    writer = cache.writer("s", KEY)
    for index in range(5):
        assert len(list(cache.read("s", KEY))) == index
        writer.append(seeded_clip("s", index))


def test_no_cache_and_no_stream_are_told_in_a_line(tmp_path: Path):
    with pytest.raises(EgographError, match="no cache here; give"):
        NodeCache.find(tmp_path)
    fill(NodeCache(tmp_path / "cache"), "P01_01", 1)
    with pytest.raises(EgographError, match="no stream P01_02 here; the streams are P01_01"):
        NodeCache.find(tmp_path).read("P01_02", KEY)

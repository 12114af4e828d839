import errno
import time
from dataclasses import replace
from pathlib import Path

import pytest

from egograph.cache.store import NodeCache
from egograph.errors import EgographError
from egograph.run_folder import LabelFile, read_labels
from egograph.streaming.writer import Writer
from tests.seeded_clips import KEY, assert_same, seeded_clip
from tests.streaming.plain_label import plain_label


def test_streams_are_cached_apart_and_labelled_in_one_file(tmp_path: Path):
    writer = Writer(tmp_path, KEY)
    for index in range(3):
        for stream in ("a", "b"):
            writer.write(seeded_clip(stream, index), plain_label(stream, index))
    writer.finish("a")
    writer.finish("a stream without a clip")
    writer.close()
    assert [(label.stream, label.clip) for label in read_labels(tmp_path / "labels.jsonl")] == [
        (stream, index) for index in range(3) for stream in ("a", "b")
    ]
    cache = NodeCache.find(tmp_path)
    assert cache.streams() == ["a", "b"]
    for index, clip in enumerate(cache.read("b", KEY)):
        assert_same(clip, seeded_clip("b", index))


def test_a_labels_age_counts_until_it_is_written(tmp_path: Path):
    clip = replace(seeded_clip("a", 0), arrival=time.time() - 5.0)
    writer = Writer(tmp_path, KEY)
    written = writer.write(clip, plain_label("a", 0))
    writer.close()
    assert 5000 <= written.age_ms < 60_000
    assert list(read_labels(tmp_path / "labels.jsonl")) == [written]


def test_a_full_disk_is_told_in_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(LabelFile, "append", full)
    with pytest.raises(EgographError, match=r": cannot be written \(No space left on device\); free space, or give"):
        Writer(tmp_path, KEY).write(seeded_clip("a", 0), plain_label("a", 0))

import json
import os
import shutil

import pytest

from egograph.cli.main import main


@pytest.fixture
def copy(demo, tmp_path):
    return shutil.copytree(demo, tmp_path / "copy")


def last_line(capsys):
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_ls_says_what_is_cached(demo, capsys):
    assert main(["cache", "ls", f"cache={demo}"]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["stream", "clips", "seconds", "size", "weights", "made", "state"]
    assert row.split()[:3] == ["squares", "3", "2.2"]
    assert row.endswith("whole")


def test_verify_finds_a_damaged_chunk(copy, capsys):
    assert main(["cache", "verify", f"cache={copy}"]) == 0
    capsys.readouterr()
    chunk = max((copy / "cache").rglob("c/*"), key=lambda path: path.stat().st_size if path.is_file() else 0)
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 255
    chunk.write_bytes(content)
    assert main(["cache", "verify", f"cache={copy}", "--json"]) == 1
    assert last_line(capsys)["broken"] == 1


def test_gc_keeps_what_the_model_can_replay_and_drops_the_rest(copy, untrained_model, capsys):
    assert main(["cache", "gc", f"cache={copy}", f"model={untrained_model}", "--json"]) == 0
    assert last_line(capsys)["dropped"] == []
    shutil.copytree(copy / "cache" / "squares", copy / "cache" / "circles")
    (copy / "cache" / "circles" / "zarr.json").write_text("{}")
    os.utime(copy / "cache" / "circles", (0, 0))  # so long ago that no run can be at it
    assert main(["cache", "gc", f"cache={copy}", "--json"]) == 0
    assert [item["reason"] for item in last_line(capsys)["dropped"]] == ["damaged"]
    assert not (copy / "cache" / "circles").exists()

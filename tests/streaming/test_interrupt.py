"""Ctrl-C in the terminal of a running job."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from egograph.cache.store import NodeCache
from egograph.cache.upkeep import verify_groups
from egograph.run_folder import read_labels
from tests.video.numbered import steady, write_looped, write_numbered

ROOT = Path(__file__).parents[2]


def test_ctrl_c_leaves_whole_lines_and_says_so(model_folder: Path, tmp_path: Path):
    short = write_numbered(tmp_path / "short.mp4", steady(100, 20))
    hour = write_looped(tmp_path / "hour.mp4", short, 720)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "egograph.cli.main", "stream", hour, f"model={model_folder}", f"output={out}"]
    job = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    end = time.monotonic() + 60
    while time.monotonic() < end and not ((out / "labels.jsonl").exists() and (out / "labels.jsonl").stat().st_size):
        time.sleep(0.1)
    os.killpg(job.pid, signal.SIGINT)  # as a terminal does, to all that run in it
    _, said = job.communicate(timeout=60)
    assert job.returncode == 1
    labels = list(read_labels(out / "labels.jsonl"))
    assert [label.clip for label in labels] == list(range(len(labels)))
    assert 1 <= len(labels) < 3600
    assert f"interrupted: {len(labels)} labels so far are in {out / 'labels.jsonl'}" in said
    assert "Traceback" not in said
    [entry] = verify_groups(NodeCache.find(out))
    assert (entry.clips, entry.complete, entry.fault) == (len(labels), False, "")

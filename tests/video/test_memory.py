"""How much memory a reader takes is measured in a process of its own, by its peak."""

import subprocess
import sys
from pathlib import Path

import pytest

import egograph
from tests.video.numbered import steady, write_looped, write_numbered

# Prints by how many MiB the peak rises from the first clip to the end.
READ = """
import re, sys, time
from pathlib import Path

from egograph.video import decord_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source

path, reader, read_ahead, pause = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
decord_reader.READ_AHEAD = read_ahead
peak = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
for count, clip in enumerate(ClipSampler(reader=reader).clips(Source(path, "a", live=False)), start=1):
    time.sleep(pause)
    if count == 1:
        before = peak()
print(peak() - before, count)
"""


def growth(path: Path, reader: str, read_ahead: int = 32 * 2**20, pause: float = 0.0) -> tuple[float, int]:
    """MiB of growth, and the number of clips."""
    arguments = [sys.executable, "-c", READ, str(path), reader, str(read_ahead), str(pause)]
    root = Path(egograph.__file__).parents[1]
    printed = subprocess.run(arguments, cwd=root, capture_output=True, text=True, check=True).stdout
    grown, clips = printed.split()
    return float(grown), int(clips)


@pytest.mark.parametrize("reader", ["decord", "pyav"])
def test_ten_minutes_take_no_more_memory_than_one_second(tmp_path, reader):
    minute = write_numbered(tmp_path / "minute.mp4", steady(900, 15), options={"preset": "ultrafast", "g": "30"})
    grown, clips = growth(write_looped(tmp_path / "a.mp4", minute, 10), reader)
    assert clips == 600
    assert grown < 24


@pytest.mark.parametrize("reader", ["decord", "pyav"])
def test_a_slow_user_is_not_read_ahead_of(tmp_path, reader):
    options = {"preset": "veryfast", "g": "30"}
    second = write_numbered(tmp_path / "second.mp4", steady(30, 30), size=(1280, 720), options=options)
    path = write_looped(tmp_path / "a.mp4", second, 15)
    grown, clips = growth(path, reader, read_ahead=80 * 2**20, pause=0.1)  # a window is one second
    assert clips == 15
    assert grown < 100  # its frames as RGB are 1186 MiB; without windows it grew by 140 to 200 so far

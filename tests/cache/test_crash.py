import subprocess
import sys
import time
from pathlib import Path

import pytest

from egograph.cache.store import NodeCache
from egograph.cache.upkeep import verify_groups
from tests.seeded_clips import KEY, assert_same, seeded_clip

_WRITER = """
import sys
from itertools import count
from pathlib import Path
from egograph.cache import writer
from egograph.cache.store import NodeCache
from tests.seeded_clips import KEY, seeded_clip

writer._CHUNK_BYTES = 400  # many chunks begin and end while the writer lives
appender = NodeCache(Path(sys.argv[1])).writer("s", KEY)
for index in count():
    appender.append(seeded_clip("s", index))
    print(index, flush=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.11, 0.31])
def test_a_writer_killed_at_any_moment_leaves_every_committed_clip(tmp_path: Path, delay: float):
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, tmp_path], cwd=root, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)
        child.kill()
        committed = 1 + len(child.stdout.read().split())
    read = list(NodeCache(tmp_path).read("s", KEY))
    assert len(read) in (committed, committed + 1)  # the last may have been committed and not yet told
    for index, clip in enumerate(read):
        assert_same(clip, seeded_clip("s", index))
    [entry] = verify_groups(NodeCache(tmp_path))
    assert (entry.clips, entry.complete, entry.fault) == (len(read), False, "")

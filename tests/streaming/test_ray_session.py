import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from egograph.errors import EgographError
from egograph.streaming.ray_session import ray_session

ROOT = Path(__file__).parents[2]

_SESSION = """
import json, psutil
from egograph.streaming.ray_session import ray_session

with ray_session():
    import ray
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    sockets = [each for process in processes for each in process.net_connections("inet") if each.status == "LISTEN"]
    print(json.dumps([each.laddr.ip for each in sockets]))
print(json.dumps(ray.is_initialized()))
"""


def test_a_local_session_is_on_loopback_alone_silent_and_leaves_nothing(tmp_path: Path):
    home = os.environ | {"HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", _SESSION], cwd=ROOT, env=home, capture_output=True, text=True, check=True
    )
    listeners, running = map(json.loads, run.stdout.splitlines())
    assert len(listeners) > 3
    assert {address.removeprefix("::ffff:") for address in listeners} == {"127.0.0.1"}
    assert running is False
    assert run.stderr == ""
    assert not list(tmp_path.iterdir())


def test_a_cluster_that_is_not_there_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:9")
    monkeypatch.setattr("ray.is_initialized", lambda: False)  # other tests may have Ray running
    with (
        pytest.raises(EgographError, match=r"RAY_ADDRESS=127.0.0.1:9: .*; check the address, or unset it"),
        ray_session(),
    ):
        pass

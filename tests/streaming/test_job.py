"""`ray job submit … egograph stream` on a running cluster, as a user does it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from egograph.run_folder import read_labels
from tests.video.numbered import steady, write_numbered

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PORTS = ("port", "dashboard-port", "ray-client-server-port", "dashboard-agent-listen-port", "dashboard-agent-grpc-port")
PATIENCE = 60.0  # seconds


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """The address for jobs of a cluster with folder and ports of its own, which is stopped at the end."""
    ports = free_ports()
    folder = tempfile.mkdtemp(prefix="ray", dir="/tmp")  # pytest's own are too deep for Ray's sockets
    options = ["--block", "--num-cpus=2", "--disable-usage-stats", "--dashboard-host=127.0.0.1", f"--temp-dir={folder}"]
    options += [f"--{name}={port}" for name, port in ports.items()]
    log = tmp_path / "ray.log"
    with log.open("w") as output:
        head = subprocess.Popen(
            [BIN / "ray", "start", "--head", *options], env=environment(), stdout=output, stderr=output
        )
        try:
            wait_for(ports["dashboard-port"], head, log)
            yield f"http://127.0.0.1:{ports['dashboard-port']}"
        finally:
            head.terminate()  # with --block it takes all that it started with it
            head.wait(PATIENCE)
            shutil.rmtree(folder, ignore_errors=True)


def free_ports() -> dict[str, int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in PORTS]
    ports = {name: each.getsockname()[1] for name, each in zip(PORTS, sockets, strict=True)}
    for each in sockets:
        each.close()
    return ports


def environment() -> dict[str, str]:
    """That of a shell in which egograph is installed, or the checkout is on the path."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0123456789abcdef" * 4}
    return inherited | token | {"PYTHONPATH": str(ROOT), "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def wait_for(port: int, head: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and head.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    pytest.fail(f"the cluster did not start:\n{log.read_text()}")


def test_a_job_submitted_to_a_cluster_labels_its_videos(cluster: str, model_folder: Path, tmp_path: Path):
    videos = [write_numbered(tmp_path / f"{name}.mp4", steady(40, 20)) for name in ("left", "right")]
    egograph = ["egograph"] if (BIN / "egograph").exists() else ["python", "-m", "egograph.cli.main"]
    job = [*egograph, "stream", *videos, f"model={model_folder}", f"output={tmp_path / 'out'}", "--json"]
    submit = subprocess.run(
        [BIN / "ray", "job", "submit", "--address", cluster, "--", *job],
        env=environment(), cwd=tmp_path, capture_output=True, text=True, timeout=3 * PATIENCE, check=False,
    )  # fmt: skip
    assert submit.returncode == 0, submit.stdout + submit.stderr
    labels = list(read_labels(tmp_path / "out" / "labels.jsonl"))
    assert sorted((label.stream, label.clip) for label in labels) == [(n, c) for n in ("left", "right") for c in (0, 1)]
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["clips"] == 4
    assert '"exit_code": 0' in submit.stdout  # the job's own last line, as the cluster passes it on

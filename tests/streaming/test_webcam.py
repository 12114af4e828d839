"""The live demo as a user runs it: a file as the camera, a page on loopback."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import cv2
import numpy as np
import pytest

from egograph.cli.main import main
from egograph.errors import EgographError
from egograph.model import EgoGraph
from egograph.streaming.live_view import LiveView
from egograph.streaming.page import Page
from egograph.streaming.webcam import WebcamConfig, run_webcam
from egograph.summary import StreamTally
from egograph.video.latest import LatestClips
from egograph.video.open_reader import open_reader
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import steady, write_numbered

ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    """That of a shell in which egograph is installed, or the checkout is on the path."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def fetch(url: str) -> tuple[bytes, Message]:
    with urlopen(url) as answer:
        return answer.read(), answer.headers


def test_the_script_serves_a_page_whose_labels_stay_fresh(shared_data: Path, model_folder: Path):
    video = shared_data / "videos" / "kitchen_drawer_mix.mp4"
    words = ["--source", video, f"model={model_folder}", "display=page", "port=0"]
    with subprocess.Popen(
        [sys.executable, ROOT / "streaming" / "webcam.py", *words],
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as script:  # fmt: skip
        assert script.stderr is not None
        address = re.search(r"http://127\.0\.0\.1:\d+/", script.stderr.readline())[0]
        assert b"egograph live" in fetch(address)[0]
        states = []
        end = time.monotonic() + 30
        while time.monotonic() < end and (not states or states[-1]["labels"] < 5):
            states.append(json.loads(fetch(f"{address}state")[0]))
            time.sleep(0.1)
        jpeg, headers = fetch(f"{address}picture.jpg?after=3")
        script.send_signal(signal.SIGINT)
        _, said = script.communicate(timeout=20)
    assert script.returncode == 0
    assert said == ""  # nothing after its address
    assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (720, 960, 3)
    assert int(headers["X-Number"]) > 3
    labelled = {state["label"]["clip"]: state["label"] for state in states if state["label"]}
    assert len(labelled) >= 4
    assert all(0 < label["age_ms"] < 2000 for label in labelled.values())


@pytest.fixture
def page(model: EgoGraph, tmp_path: Path) -> Iterator[Page]:
    """The page of a video of a minute."""
    video = write_numbered(tmp_path / "minute.mp4", steady(1200, 20))
    with open_reader(Source(str(video), "minute", live=False), "pyav") as reader:
        clips = LatestClips(ClipSampler(), reader, "minute")
        with LiveView(model, clips, StreamTally("minute", str(video)), 8.0) as view, Page(view, 0) as page:
            yield page


def get(page: Page, path: str, host: str | None = None) -> HTTPResponse:
    port = urlsplit(page.address).port
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host or f"127.0.0.1:{port}"})
    answer = connection.getresponse()
    answer.content = answer.read()
    connection.close()
    return answer


def test_pictures_come_one_after_another(page: Page):
    numbers = [0]
    for _ in range(4):
        answer = get(page, f"/picture.jpg?after={numbers[-1]}")
        assert answer.headers["Content-Type"] == "image/jpeg"
        numbers.append(int(answer.headers["X-Number"]))
    assert all(later > earlier for earlier, later in pairwise(numbers))


def test_the_page_answers_to_its_own_name_alone(page: Page):
    port = urlsplit(page.address).port
    assert get(page, "/state").status == 200
    assert get(page, "/state", f"localhost:{port}").status == 200
    assert get(page, "/state", f"elsewhere.example:{port}").status == 403
    assert get(page, "/../webcam.py").status == 404


def test_a_port_that_is_taken_is_told_in_a_line(page: Page, model: EgoGraph, tmp_path: Path):
    port = urlsplit(page.address).port
    video = write_numbered(tmp_path / "a.mp4", steady(20, 20))
    with pytest.raises(EgographError, match=f"port={port}: cannot be served on"):
        run_webcam(WebcamConfig(source=str(video), display="page", port=port), model)


def test_the_demo_ends_with_its_file(model_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    video = write_numbered(tmp_path / "a.mp4", steady(30, 20))
    assert main(["webcam", str(video), f"model={model_folder}", "display=page", "port=0", "--json"]) == 0
    record = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert record["clips"] == 2


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["nowhere.mp4"], 1, "error: nowhere.mp4: no such file"),
        (["7"], 1, "error: /dev/video7: "),
        (["a.mp4", "display=window"], 2, "error: display=window: there is no display"),
        (["a.mp4", "port=70000"], 2, "error: port=70000: has to be 0 to 65535"),
    ],
)
def test_what_can_be_wrong_is_told_in_a_line(model_folder, monkeypatch, capsys, words, code, line):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main(["webcam", "port=0", f"model={model_folder}", *words]) == code
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith(line)

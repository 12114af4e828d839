"""What a user can get wrong: one line, the right exit code, no stack trace, nothing half-written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from egograph.cli.main import main

Fails = Callable[..., str]


@pytest.fixture
def fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Fails:
    """Runs a command in an empty folder and gives the one line that it ends with."""
    monkeypatch.chdir(tmp_path)

    def run(code: int, *words: object) -> str:
        before = sorted(tmp_path.rglob("*"))
        assert main([str(word) for word in words]) == code
        shown = capsys.readouterr()
        assert shown.out == ""
        assert sorted(tmp_path.rglob("*")) == before
        [line] = shown.err.splitlines()
        assert line.startswith("error: ")
        return line.removeprefix("error: ")

    return run


def test_unknown_command(fails):
    assert "did you mean demo?" in fails(2, "dmeo")


def test_unknown_option(fails):
    assert "did you mean --verbose?" in fails(2, "demo", "--verbos")


@pytest.mark.parametrize(
    ("command", "key", "right"),
    [
        ("demo", "stream.fsp", "stream.fps"),
        ("stream", "fps", "stream.fps"),
        ("graph", "leest", "least"),
        ("replay", "chace", "cache"),
        ("train", "sizes.nodes.dims", "sizes.nodes.dim"),
        ("evaluate", "data.held", "data.held_out"),
        ("cache", "modle", "model"),
        ("doctor", "outptu", "output"),
    ],
)
def test_unknown_key(fails, command, key, right):
    assert fails(2, command, f"{key}=4") == f"{key}: no such key; did you mean {right}?"


@pytest.mark.parametrize(
    ("override", "line"),
    [
        ("stream.fps=fast", "stream.fps=fast: not a number"),
        ("stream.fps=0", "stream.fps=0.0: has to be a number above 0"),
        ("stream.frames=1.5", "stream.frames=1.5: not a whole number"),
        ("stream.reader=decode", "stream.reader=decode: not one of auto, decord, pyav; did you mean decord?"),
        ("encoder=dino", "encoder=dino: no such option of encoder; did you mean dinov2?; there is dinov2, tiny"),
        ("encoder._target_=os.system", "encoder._target_: _target_ is refused"),
        ("nodes=guess", "nodes=guess: no such option of nodes; there is annotations, query"),
        ("nodes=annotations", "nodes.folder: needs a value; give nodes.folder=…"),
    ],
)
def test_a_wrong_value(fails, override, line):
    assert fails(2, "graph", "a.mp4", override).startswith(line)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("stream", "a.mp4", "queue=0"), "queue=0: has to be 1 or more"),
        (("webcam", "port=99999"), "port=99999: has to be 0 to 65535"),
        (("webcam", "display=hologram"), "display=hologram: not one of auto, window, page"),
        (("train", "architecture=trees"), "architecture=trees: not one of graph, frames"),
        (("evaluate", "fps=0"), "fps=0.0: has to be a number above 0"),
        (("webcam", "stream.reader=decord"), "stream.reader=decord: the live demo reads with pyav; leave it out"),
    ],
)
def test_a_value_out_of_its_range(fails, words, line):
    assert fails(2, *words) == line


def test_no_source(fails):
    assert fails(2, "graph").startswith("egograph graph: no SOURCE; give a video file")
    assert fails(2, "stream").startswith("egograph stream: no SOURCE; give a video file")


def test_too_many_sources(fails):
    assert fails(2, "demo", "a.mp4", "b.mp4").startswith("b.mp4: one VIDEO is enough for demo")
    assert fails(2, "train", "toy_kitchen").startswith("toy_kitchen: train takes key=value words alone")


@pytest.mark.parametrize("command", ["demo", "graph", "webcam"])
def test_a_missing_file(fails, command, untrained_model):
    source = ("--source", "nowhere.mp4") if command == "webcam" else ("nowhere.mp4",)
    assert fails(1, command, *source, f"model={untrained_model}").startswith("nowhere.mp4: no such file")


@pytest.mark.parametrize("command", ["demo", "stream", "graph"])
def test_a_folder_without_videos(fails, command, untrained_model, tmp_path):
    (tmp_path / "empty").mkdir()
    line = fails(1, command, "empty", f"model={untrained_model}")
    assert line.startswith("empty: no video in this folder")


def test_a_text_called_video(fails, untrained_model, tmp_path):
    (tmp_path / "a.mp4").write_text("no video\n")
    assert fails(1, "demo", "a.mp4", f"model={untrained_model}").startswith("a.mp4: ")


@pytest.mark.parametrize("command", ["demo", "stream", "replay", "train", "evaluate"])
def test_an_output_that_cannot_be_written(fails, command, untrained_model, tmp_path):
    (tmp_path / "file").touch()
    words = {
        "demo": ("a.mp4", f"model={untrained_model}"),
        "stream": ("a.mp4", f"model={untrained_model}"),
        "replay": ("cache=nowhere", f"model={untrained_model}"),
        "evaluate": (f"model={untrained_model}",),
    }
    line = fails(2, command, *words.get(command, ()), "output=file/below")
    assert line.startswith("file/below: cannot be written")


@pytest.mark.parametrize("command", ["demo", "stream", "graph", "evaluate"])
def test_a_folder_without_a_model(fails, command, tmp_path):
    words = () if command == "evaluate" else ("a.mp4",)
    assert fails(1, command, *words, "model=nowhere").startswith("nowhere: no model here")


@pytest.mark.parametrize("words", [("replay",), ("cache", "ls"), ("cache", "gc")])
def test_no_cache(fails, words, untrained_model):
    model = (f"model={untrained_model}",) if words == ("replay",) else ()
    assert fails(1, *words, "cache=nowhere", *model).startswith("nowhere: no cache here")


def test_an_unknown_action_on_the_cache(fails):
    assert fails(2, "cache", "list", "cache=x").startswith("action=list: not one of ls, verify, gc")

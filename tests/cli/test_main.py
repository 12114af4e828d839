import json
import os
import subprocess
import sys

import pytest
import yaml

from egograph import __version__
from egograph.cli import main as main_module
from egograph.cli.main import main
from egograph.cli.outcome import Outcome


def run_instead(monkeypatch, run):
    monkeypatch.setattr(main_module, "_call", lambda *words: run())


def test_the_overview_does_not_import_torch():
    code = "import sys; from egograph.cli.main import main; main(['--help']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_cfg_job_prints_the_composed_config(capsys):
    assert main(["stream", "a.mp4", "b${x}.mp4", "stream.fps=4", "--cfg", "job"]) == 0
    config = yaml.safe_load(capsys.readouterr().out)
    assert config["stream"] == {"fps": 4, "frames": 8, "reader": "auto"}
    assert config["sources"] == ["a.mp4", "b\\${x}.mp4"]
    assert config["encoder"] is None


def test_json_is_the_last_line(monkeypatch, capsys):
    def talkative():
        print("something for people")
        return Outcome(0, {"clips": 3})

    run_instead(monkeypatch, talkative)
    assert main(["demo", "--json"]) == 0
    *before, last = capsys.readouterr().out.splitlines()
    assert before == ["something for people"]
    assert json.loads(last) == {"exit_code": 0, "clips": 3}


def test_json_names_the_error_too(capsys):
    assert main(["demo", "stream.fsp=4", "--json"]) == 2
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"exit_code": 2, "error": "stream.fsp: no such key; did you mean stream.fps?"}


@pytest.mark.parametrize(
    ("fault", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "error: interrupted"),
        (FileNotFoundError(2, "No such file or directory", "x.json"), 1, "error: x.json: No such file or directory"),
        (KeyError("lost"), 1, "error: a fault of egograph's own: KeyError: 'lost'; run again with --verbose"),
    ],
)
def test_a_fault_is_one_line(monkeypatch, capsys, fault, code, line):
    def fail():
        raise fault

    run_instead(monkeypatch, fail)
    assert main(["demo"]) == code
    shown = capsys.readouterr().err
    assert shown.startswith(line)
    assert shown.count("\n") == 1


def test_verbose_shows_the_stack_trace(monkeypatch, capsys):
    def fail():
        raise KeyError("lost")

    run_instead(monkeypatch, fail)
    assert main(["demo", "--verbose"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_fault():
    reading, writing = os.pipe()
    os.close(reading)
    code = "from egograph.cli.main import main; import sys; sys.exit(main(['--help']))"
    ended = subprocess.run([sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert ended.returncode == 1
    assert ended.stderr == b""

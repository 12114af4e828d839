import json
from pathlib import Path

import pytest

from egograph.cli.main import main
from egograph.metrics.benchmarks import BENCHMARKS
from tests.metrics.epic_files import perfect, segment, write_annotations, write_submission

SEGMENTS = (segment(0, 0, 0), segment(1, 10, 51, "P18"))


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    file = write_submission(tmp_path / "p.json", "action_recognition", perfect(SEGMENTS))
    return str(file), str(write_annotations(tmp_path / "annotations", SEGMENTS))


def test_json_is_one_object_and_nothing_else(files, capsys):
    file, annotations = files
    assert main(["score", "epic100-recognition", file, "--annotations", annotations, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["benchmark"] == "epic100-recognition"
    assert said["metrics"]["all_action_accuracy_at_1"] == 100.0


def test_a_person_gets_a_table(files, capsys):
    file, annotations = files
    assert main(["score", f"annotations={annotations}", "epic100-recognition", file]) == 0
    shown = capsys.readouterr().out
    assert "in percent" in shown
    assert "all_noun_accuracy_at_5         100.0000" in shown


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["epic100-recogniton", "p.json"], 2, "no such benchmark; did you mean epic100-recognition?; give epic100-"),
        (["ego4d-lta"], 2, "no FILE; give the predictions"),
        ([], 2, "no BENCHMARK; give epic100-recognition, ego4d-lta, …; an unknown one lists them"),
        (["ego4d-mq", "p.json"], 2, "ego4d-mq: no annotations; give --annotations DIR"),
        (["ego4d-lta", "p.json", "--annotations", "a", "--observed", "5"], 2, "observed=5: not one of 4, 8"),
        (["ego4d-lta", "p.json", "--annotations", "a", "--observed", "8.0"], 2, "observed=8.0: not one of 4, 8"),
        (
            ["ego4d-mq", "p.json", "--annotations", "a", "--observed", "8"],
            2,
            "ego4d-mq: knows no observed actions",
        ),
        (["stream-frames", "p.json", "--annotations", "a"], 1, "p.json: no such file; give scores and"),
        (["stream-frames", "."], 1, ": a folder; give scores and targets of frames"),
        (["ego4d-lta", "p.json", "q.json"], 2, "q.json: one BENCHMARK and one FILE are enough for score; leave it out"),
        (["stream-frames", "p.json"], 1, "p.json: no such file; give scores and"),
        (["stream-frames", "--anotations", "a"], 2, "--anotations: no such option; did you mean --annotations?"),
    ],
)
def test_mistakes_get_one_line(words, code, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["score", *words]) == code
    said = capsys.readouterr().err
    assert message in said
    assert len(said.splitlines()) == 1


def test_another_commands_option_is_refused(capsys):
    assert main(["stream", "a.mp4", "--annotations", "b"]) == 2
    assert "--annotations: an option of score alone; leave it out" in capsys.readouterr().err


def test_every_benchmark_is_there():
    assert set(BENCHMARKS) == {
        "epic100-recognition", "epic100-anticipation", "epic100-detection", "ego4d-lta", "ego4d-mq", "stream-frames",
    }  # fmt: skip

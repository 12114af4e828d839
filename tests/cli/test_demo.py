import json

import av

from egograph.cli.main import main
from egograph.run_folder import read_labels


def test_everything_is_written_and_nothing_else(demo):
    assert sorted(path.name for path in demo.iterdir()) == [
        "cache",
        "labels.jsonl",
        "overlay.mp4",
        "report.html",
        "summary.json",
    ]


def test_the_labels_cover_the_video(demo):
    labels = list(read_labels(demo / "labels.jsonl"))
    assert [(label.clip, label.start, label.stop) for label in labels] == [(0, 0, 1), (1, 1, 2), (2, 2, 2.25)]
    assert all(label.stream == "squares" and label.abstain for label in labels)


def test_the_overlay_shows_every_tick(demo):
    with av.open(str(demo / "overlay.mp4")) as file:
        assert sum(1 for _ in file.decode(video=0)) == 18


def test_the_summary_counts(demo):
    summary = json.loads((demo / "summary.json").read_text())
    assert (summary["clips"], summary["abstained"], summary["failed"]) == (3, 3, 0)


def test_without_a_video_the_toy_kitchen_renders_one(untrained_model, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("egograph.cli.demo._TOY_SECONDS", 2.0)
    assert main(["demo", f"model={untrained_model}", f"output={tmp_path}", "--json"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown.splitlines()[-1])["streams"][0]["stream"] == "toy_kitchen"
    assert "toy_kitchen.mp4" in shown
    with av.open(str(tmp_path / "toy_kitchen.mp4")) as file:
        assert sum(1 for _ in file.decode(video=0)) == 32


def test_a_truncated_video_is_labelled_as_far_as_it_goes(untrained_model, shared_data, tmp_path, capsys):
    video = shared_data / "videos_awkward" / "corrupted_28_of_50.mp4"
    assert main(["demo", str(video), f"model={untrained_model}", f"output={tmp_path}"]) == 1
    shown = capsys.readouterr()
    assert "decoding stopped at" in shown.err
    assert "cut short" in shown.out
    labels = list(read_labels(tmp_path / "labels.jsonl"))
    assert labels[-1].stop > 0.5
    assert (tmp_path / "report.html").exists()

import dataclasses

from egograph.cli.main import main
from egograph.run_folder import read_labels


def test_replay_gives_the_labels_of_the_live_run(demo, untrained_model, tmp_path):
    output = tmp_path / "again"
    assert main(["replay", f"cache={demo}", f"model={untrained_model}", f"output={output}"]) == 0
    live, again = (
        [dataclasses.replace(label, age_ms=0) for label in read_labels(folder / "labels.jsonl")]
        for folder in (demo, output)
    )
    assert again == live
    assert len(again) == 3


def test_a_stream_that_is_not_cached_is_named(demo, untrained_model, tmp_path, capsys):
    words = ["replay", "circles", f"cache={demo}", f"model={untrained_model}", f"output={tmp_path / 'again'}"]
    assert main(words) == 1
    assert "no stream circles here; the streams are squares" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_a_cache_of_another_encoder_is_refused(demo, untrained_model, tmp_path, capsys):
    words = ["replay", f"cache={demo}", f"model={untrained_model}", "encoder=tiny", "encoder.height=144"]
    assert main([*words, f"output={tmp_path / 'again'}"]) == 1
    shown = capsys.readouterr().err
    assert "the cache is stale" in shown
    assert "preprocess.height (cached 128, wanted 144)" in shown
    assert not (tmp_path / "again").exists()

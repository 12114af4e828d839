import pytest

from egograph.cli.words import read_words
from egograph.errors import UsageError


def test_sources_overrides_and_options_come_in_any_order():
    words = read_words(
        ["stream", "stream.fps=4", "a.mp4", "--json", "+x=1", "rtsp://host/live?a=b", "--verbose", "b c.mp4"]
    )
    assert words.command == "stream"
    assert words.sources == ("a.mp4", "rtsp://host/live?a=b", "b c.mp4")
    assert words.overrides == ("stream.fps=4", "+x=1")


def test_a_file_with_an_equals_sign_is_a_source(tmp_path, monkeypatch):
    (tmp_path / "take=1.mp4").touch()
    monkeypatch.chdir(tmp_path)
    assert read_words(["stream", "take=1.mp4", "take=2.mp4"]).sources == ("take=1.mp4",)


def test_webcam_takes_its_source_as_an_option():
    assert read_words(["webcam", "--source", "0"]).sources == ("0",)
    assert read_words(["webcam", "--source=a=b.mp4"]).sources == ("a=b.mp4",)


@pytest.mark.parametrize(
    ("argv", "line"),
    [
        (["steam"], "steam: no such command; did you mean stream?; the commands are demo,"),
        (["scores"], "scores: no such command; did you mean score?"),
        (["stream", "--jsno"], "--jsno: no such option; did you mean --json?"),
        (["stream", "--cfg"], "--cfg: needs a value; give --cfg=job"),
        (["stream", "--cfg", "hydra"], "--cfg hydra: not one of job"),
        (["stream", "--source", "a"], "--source: an option of webcam alone"),
        (["stream", "--json=yes"], "--json=yes: no such option"),
    ],
)
def test_wrong_words_are_named(argv, line):
    with pytest.raises(UsageError) as caught:
        read_words(argv)
    assert str(caught.value).startswith(line)


def test_a_switch_makes_its_key_true():
    assert read_words(["evaluate", "--competence", "split=val"]).overrides == ("split=val", "competence=true")
    with pytest.raises(UsageError, match=r"^--competence: an option of evaluate alone"):
        read_words(["train", "--competence"])
    with pytest.raises(UsageError, match=r"^--competence=no: no such option"):
        read_words(["evaluate", "--competence=no"])

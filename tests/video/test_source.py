from pathlib import Path

import pytest

from egograph.errors import SourceError
from egograph.video.source import Source, find_sources


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def names(*words: str) -> list[str]:
    return [source.name for source in find_sources(words)]


def test_a_stream_is_called_by_its_stem():
    touch("P01_01.mp4")
    assert find_sources(["P01_01.mp4"]) == [Source("P01_01.mp4", "P01_01", live=False)]


def test_same_stems_get_as_much_of_their_paths_as_it_takes():
    touch("a/P01.mp4", "b/P01.mp4", "b/P02.mp4", "x/k/P03.mp4", "y/k/P03.mp4")
    assert names("a", "b", "x", "y") == ["a/P01", "b/P01", "P02", "x/k/P03", "y/k/P03"]


def test_same_stems_of_one_folder_get_their_suffixes():
    touch("a/P01.mp4", "a/P01.mkv")
    given = names("a/P01.mp4", "a/P01.mkv")
    assert [name.rpartition("/")[2] for name in given] == ["P01.mp4", "P01.mkv"]


def test_a_folder_gives_its_videos_and_those_below_in_natural_order():
    touch("v/P01_10.mp4", "v/P01_2.MP4", "v/deep/er/P01_1.webm", "v/notes.txt", "v/._P01_2.mp4", "v/.cache/x.mp4")
    assert [source.address for source in find_sources(["v"])] == ["v/P01_2.MP4", "v/P01_10.mp4", "v/deep/er/P01_1.webm"]


def test_a_pattern_gives_the_videos_that_match():
    touch("v/P10.mp4", "v/P9.mp4", "v/P9.csv", "v/w/P1.mp4")
    assert names("v/P*") == ["P9", "P10"]
    assert names("v/**/*.mp4") == ["P9", "P10", "P1"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file():
    touch("take[1].mp4")
    assert names("take[1].mp4") == ["take[1]"]


def test_a_file_that_is_given_twice_comes_once():
    touch("v/a.mp4", "v/b.mp4")
    assert names("v/b.mp4", "v", "./v/../v/b.mp4", str(Path("v/a.mp4").resolve())) == ["b", "a"]


@pytest.mark.parametrize("word", ["0", "/dev/video0"])
def test_a_camera_is_its_device_or_its_number(word):
    assert find_sources([word]) == [Source("/dev/video0", "video0", live=True)]


def test_a_folder_whose_name_is_a_number_is_that_folder():
    touch("01/P01.mp4")
    assert names("01") == ["P01"]


def test_what_gives_no_source_beside_others_says_so_when_it_is_opened():
    touch("v/a.mp4")
    Path("empty").mkdir()
    assert names("empty", "v", "*.mp5") == ["empty", "a", "*"]


def test_a_path_that_is_too_long_is_a_source_like_others():
    long = "x" * 300 + ".mp4"
    assert [source.address for source in find_sources([long])] == [long]


def test_an_address_is_called_by_its_path():
    given = [
        "rtsp://cam1:8554/live/main",
        "rtsp://cam2:8554/live/main",
        "https://x.org/P01.mp4?key=1",
        "rtsp://10.0.0.5",
    ]
    assert names(*given) == ["cam1:8554/live/main", "cam2:8554/live/main", "P01", "10.0.0.5"]
    assert all(source.live for source in find_sources(given))


def test_a_password_is_neither_named_nor_shown():
    [source] = find_sources(["rtsp://me:secret@cam1/live"])
    assert source.address == "rtsp://me:secret@cam1/live"
    assert "secret" not in source.name + str(source)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("empty", "empty: no video in this folder; give a video file, or a folder that holds some"),
        ("*.mp5", "*.mp5: no video is called so; check the pattern"),
        (
            "ftp://me:secret@x/a.mp4",
            "ftp://x/a.mp4: not an address of a known kind; give rtsp://, rtsps://, http://, https:// or a path",
        ),
    ],
)
def test_a_word_without_a_source_is_a_fault(word, said):
    Path("empty").mkdir()
    with pytest.raises(SourceError) as fault:
        find_sources([word])
    assert str(fault.value) == said


def test_a_missing_file_is_a_source_so_that_others_go_on():
    touch("a.mp4")
    assert names("gone.mp4", "a.mp4") == ["gone", "a"]

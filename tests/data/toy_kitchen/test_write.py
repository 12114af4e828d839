"""Splits on disk: read back through the loaders, the same bytes again, whole or not at all."""

import csv
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest

from egograph.data.classes import EPIC_NOUN_IDS, EPIC_VERB_IDS
from egograph.data.epic import COLUMNS, read_segments, read_video_info
from egograph.data.toy_kitchen import write, write_split
from egograph.data.visor import read_frame_mapping, read_visor
from egograph.errors import EgographError
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND


@pytest.fixture(scope="module")
def short() -> pytest.MonkeyPatch:
    """Videos of 5 to 6 seconds in place of 12 to 16."""
    patch = pytest.MonkeyPatch()
    patch.setattr(write, "SECONDS", (5.0, 6.0))
    yield patch
    patch.undo()


@pytest.fixture(scope="module")
def folder(short: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_split(tmp_path_factory.mktemp("toy"), "val", videos=3, seed=2)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_files_are_those_of_the_layouts(folder: Path) -> None:
    names = [f"T1{20000 + index:05d}_01" for index in range(3)]
    expected = {f"videos/{name}.mp4" for name in names} | {f"visor/{name}.json" for name in names}
    expected |= {"EPIC_100_val.csv", "EPIC_100_video_info.csv", "visor/frame_mapping.json", "finished.json"}
    assert set(contents(folder)) == expected


def test_csv_columns_are_the_official_ones(folder: Path, shared_data: Path) -> None:
    official = (shared_data / "epic100" / "EPIC_100_validation.csv").read_text().split("\n")[0]
    assert (folder / "EPIC_100_val.csv").read_text().split("\n")[0] == official == ",".join(COLUMNS)
    official = (shared_data / "epic100" / "EPIC_100_video_info.csv").read_text().split("\n")[0]
    assert (folder / "EPIC_100_video_info.csv").read_text().split("\n")[0] == official


def test_labels_fit_the_videos(folder: Path) -> None:
    info = read_video_info(folder / "EPIC_100_video_info.csv")
    segments = read_segments(folder / "EPIC_100_val.csv")
    assert {segment.video for segment in segments} == set(info)
    for segment in segments:
        assert 0.0 <= segment.start < segment.stop <= info[segment.video].duration
        assert segment.verb in EPIC_VERB_IDS.values()
        assert segment.noun in EPIC_NOUN_IDS.values()
    with (folder / "EPIC_100_val.csv").open(newline="") as file:
        for row, segment in zip(csv.DictReader(file), segments, strict=True):
            assert int(row["start_frame"]) == max(int(segment.start * info[segment.video].fps), 1)
            assert json.loads(row["all_noun_classes"])[0] == segment.noun


def test_videos_are_what_the_table_says(folder: Path) -> None:
    for name, info in read_video_info(folder / "EPIC_100_video_info.csv").items():
        with av.open(str(folder / "videos" / f"{name}.mp4")) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height) == (info.width, info.height)
            assert stream.average_rate == info.fps
            times = [float(frame.time) for frame in container.decode(stream)]
        np.testing.assert_allclose(times, np.arange(round(info.duration * info.fps)) / info.fps, atol=1e-4)


def test_annotations_come_back_through_the_loader(folder: Path) -> None:
    mapping = read_frame_mapping(folder / "visor" / "frame_mapping.json")
    touching = hands = 0
    for name, info in read_video_info(folder / "EPIC_100_video_info.csv").items():
        frames = read_visor(folder / "visor" / f"{name}.json", mapping, info.numbering_fps)
        np.testing.assert_array_equal([frame.time for frame in frames], np.arange(len(frames)) / 4)
        assert len(frames) == round(info.duration * 4)
        for frame in frames:
            assert (frame.kind == LEFT_HAND).sum() <= 1
            assert (frame.kind == RIGHT_HAND).sum() <= 1
            assert ((frame.noun >= 0) == (frame.kind == OBJECT)).all()
            assert (frame.box[:, 2:] > frame.box[:, :2]).all()
            assert (frame.kind[frame.contact[frame.contact >= 0]] == OBJECT).all()
            touching += int((frame.contact >= 0).sum())
            hands += int((frame.kind != OBJECT).sum())
    assert 0.4 < touching / hands < 1.0


def test_two_workers_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    # Workers import the module afresh, so that both have its own lengths: one order is compared.
    order = list(write.orders(write.find_split("val"), 1, seed=2))
    for name in ("one", "two"):
        for part in ("videos", "visor"):
            (tmp_path / name / part).mkdir(parents=True)
    list(write.write_videos(tmp_path / "one", order, workers=1))
    list(write.write_videos(tmp_path / "two", order, workers=2))
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    first = contents(tmp_path / "one")
    assert all(content == contents(folder)[name] for name, content in first.items())


def test_a_whole_split_is_used_again(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert write_split(folder.parent, "val", videos=3, seed=2) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_a_stale_split_is_made_again(short: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = write_split(tmp_path, "val", videos=1, seed=4)
    whole = contents(folder)
    (folder / "finished.json").write_text('{"generator": 0}')
    (folder / "left_over.txt").write_text("x")
    write_split(tmp_path, "val", videos=1, seed=4)
    assert contents(folder) == whole


def test_an_interrupted_split_is_gone_on_with(short: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_split(tmp_path / "two", "val", videos=2, seed=5, progress=stop)
    (left,) = (tmp_path / "two").iterdir()
    assert left.name == ".val.partial"  # not taken for a whole split
    (first,) = (left / "videos").iterdir()
    (left / "videos" / "T10005_01.99.part").write_text("half a video")
    before = first.stat().st_mtime_ns
    whole = write_split(tmp_path / "two", "val", videos=2, seed=5)
    assert (whole / "videos" / first.name).stat().st_mtime_ns == before
    assert contents(whole) == contents(write_split(tmp_path / "one", "val", videos=2, seed=5))
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["val"]


def test_a_split_that_was_only_not_yet_in_its_place_is_not_rendered_again(
    short: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = write_split(tmp_path, "val", videos=1, seed=4)
    (video,) = (folder / "videos").iterdir()
    before = video.stat().st_mtime_ns
    folder.rename(tmp_path / ".val.partial")
    write_split(tmp_path, "val", videos=1, seed=4)
    assert video.stat().st_mtime_ns == before


def test_of_another_split_nothing_is_taken_over(short: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = contents(write_split(tmp_path / "one", "val", videos=1, seed=4))
    left = tmp_path / "two" / ".val.partial"
    (left / "visor").mkdir(parents=True)
    (left / "begun.json").write_text('{"generator": 0}')
    (name,) = [Path(path).name for path in whole if path.endswith("_01.json")]
    (left / "visor" / name).write_text('{"video_annotations": []}')
    assert contents(write_split(tmp_path / "two", "val", videos=1, seed=4)) == whole


def test_two_that_ask_at_once_get_one_split(short: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rendered: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(write_split, tmp_path, "val", 1, 4, 1, rendered.append) for _ in range(2)]
        assert {one.result() for one in asked} == {tmp_path / "val"}
    assert rendered == [1]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EgographError, match="cannot be written"):
        write_split(tmp_path / "file", "val", videos=1)
    shutil.rmtree(tmp_path)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "val").mkdir()
    (tmp_path / "val" / "precious.txt").write_text("mine")
    for content in ("", "[]", '{"mine": 1}'):
        (tmp_path / "val" / "finished.json").write_text(content)
        with pytest.raises(EgographError, match="is no split of the toy kitchen; give another folder"):
            write_split(tmp_path, "val", 1)
    assert (tmp_path / "val" / "precious.txt").read_text() == "mine"


def test_no_videos_are_no_split(tmp_path: Path) -> None:
    with pytest.raises(EgographError, match="0 videos; ask for 1 or more"):
        write_split(tmp_path, "val", videos=0)

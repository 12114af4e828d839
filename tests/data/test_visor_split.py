import json
from pathlib import Path

import pytest

from egograph.data.visor_split import VisorDataConfig, hold_out, read_visor_split
from egograph.errors import EgographError
from tests.visor_folder import write_visor_folder

VIDEOS = {"P01_101": 6, "P02_101": 4, "P02_102": 3, "P03_101": 2, "P04_101": 2}


@pytest.fixture
def data(tmp_path: Path) -> VisorDataConfig:
    return write_visor_folder(tmp_path, VIDEOS)


def test_a_segment_has_the_frames_between_its_times_and_those_before(data: VisorDataConfig) -> None:
    split = read_visor_split(data, "train", past=3)
    assert len(split.shown) == sum(VIDEOS.values())
    first, second, third = split.shown[:3]
    assert [len(entry.past) for entry in (first, second, third)] == [0, 2, 3]
    for entry in split.shown:
        assert [frame.time - entry.segment.start for frame in entry.within] == pytest.approx([0.4, 1.6])
        assert all(frame.time < entry.segment.start for frame in entry.past)
        assert {frame.video for frame in (*entry.past, *entry.within)} == {entry.segment.video}
    assert first.gap == float("inf")
    assert second.gap == pytest.approx(1.0)


def test_segments_without_frames_count_among_the_labels_alone(data: VisorDataConfig) -> None:
    (data.visor / "annotations" / "train" / "P01_101.json").unlink()
    split = read_visor_split(data, "train", past=0)
    assert "P01_101" not in {entry.segment.video for entry in split.shown}
    assert int(split.pairs.sum()) == sum(VIDEOS.values())
    assert split.pairs.shape == (3, 5)


def test_the_layout_of_the_unpacked_archive_is_found_too(data: VisorDataConfig, tmp_path: Path) -> None:
    other = tmp_path / "archive"
    other.mkdir()
    data.visor.rename(other / "GroundTruth-SparseAnnotations")
    split = read_visor_split(VisorDataConfig(visor=other, epic=data.epic), "train", past=0)
    assert len(split.shown) == sum(VIDEOS.values())


def test_folds_share_no_participant_and_make_up_the_whole(data: VisorDataConfig) -> None:
    whole = read_visor_split(data, "train", past=0)
    seen: list[str] = []
    for fold in range(4):
        kept, held = hold_out(whole, fold)
        people = {entry.segment.participant for entry in held.shown}
        assert people
        assert not people & {segment.participant for segment in kept.labels}
        assert len(kept.shown) + len(held.shown) == len(whole.shown)
        seen += [entry.segment.narration_id for entry in held.shown]
    assert sorted(seen) == sorted(entry.segment.narration_id for entry in whole.shown)


def test_what_is_wrong_is_counted_in_one_line_and_strict_reading_stops_at_it(
    data: VisorDataConfig, caplog: pytest.LogCaptureFixture
) -> None:
    path = data.visor / "annotations" / "train" / "P03_101.json"
    content = json.loads(path.read_text())
    content["video_annotations"][0]["image"]["name"] = "P03_101_frame_0000009999.jpg"
    path.write_text(json.dumps(content))
    with caplog.at_level("WARNING"):
        assert len(read_visor_split(data, "train", past=0).shown) == sum(VIDEOS.values())
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("train: 1 left out: a frame that the mapping lacks (first ")
    with pytest.raises(EgographError, match=r"P03_101.json, video_annotations\[0\]: a frame that the mapping lacks"):
        read_visor_split(VisorDataConfig(data.visor, data.epic, strict=True), "train", past=0)


def test_a_folder_without_annotations_is_refused(data: VisorDataConfig, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "frame_mapping.json").write_text("{}")
    with pytest.raises(EgographError, match=r"no annotations/train/\*.json or annotations/val/\*.json; give VISOR's"):
        read_visor_split(VisorDataConfig(empty, data.epic), "train", past=0)


def test_the_real_annotations_show_what_was_counted_by_hand(shared_data: Path) -> None:
    data = VisorDataConfig(shared_data / "visor", shared_data / "epic100")
    train, validation = (read_visor_split(data, name, past=6) for name in ("train", "validation"))
    assert (len(train.labels), len(train.shown)) == (67217, 4424)
    assert (len(validation.labels), len(validation.shown)) == (9668, 521)
    assert len({entry.segment.video for entry in validation.shown}) == 13


def test_too_few_participants_make_no_folds(data: VisorDataConfig) -> None:
    for video in ("P03_101", "P04_101"):
        (data.visor / "annotations" / "train" / f"{video}.json").unlink()
    with pytest.raises(EgographError, match=r"^fold 3: 2 participants make no 4 folds; give more of the data$"):
        hold_out(read_visor_split(data, "train", past=0), 3)


def test_the_gap_does_not_look_past_the_segments_own_stop(data: VisorDataConfig) -> None:
    path = data.epic / "EPIC_100_train.csv"
    lines = path.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("P01_101_0,"))
    lines[first] = lines[first].replace("00:00:03.000", "00:00:59.000")
    path.write_text("\n".join(lines) + "\n")
    second = next(e for e in read_visor_split(data, "train", 0).shown if e.segment.narration_id == "P01_101_1")
    assert second.gap == pytest.approx(second.segment.start - second.segment.stop)


def test_rows_without_labels_are_counted_and_left_out(data: VisorDataConfig, caplog: pytest.LogCaptureFixture) -> None:
    path = data.epic / "EPIC_100_train.csv"
    columns = path.read_text().splitlines()
    row = next(number for number, line in enumerate(columns) if line.startswith("P01_101_0,"))
    place = columns[0].split(",").index("verb_class")
    cells = columns[row].split(",")
    cells[place] = "-1"
    columns[row] = ",".join(cells)
    path.write_text("\n".join(columns) + "\n")
    with caplog.at_level("WARNING"):
        assert len(read_visor_split(data, "train", 0).labels) == sum(VIDEOS.values()) - 1
    assert "no label (first" in caplog.text

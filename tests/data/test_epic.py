import csv
from pathlib import Path

import pytest

from egograph.data.classes import Vocabulary
from egograph.data.epic import COLUMNS, Segment, format_timestamp, parse_timestamp, read_segments, read_video_info
from egograph.data.faults import Faults
from egograph.errors import EgographError

ROW = "P01_11_1,P01,P01_11,00:00:01.700,00:00:01.56,01:02:02.45,93,147,put down plate,put-down,1,plate,2,['plate'],[2]"


def written(folder: Path, *rows: str) -> Path:
    path = folder / "EPIC_100_some.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    return path


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    expected = Segment("P01_11_1", "P01", "P01_11", 1.56, 3722.45, 1, 2, "put down plate")
    assert read_segments(written(tmp_path, ROW)) == [expected]


@pytest.mark.parametrize("seconds", [0.0, 1.56, 59.999, 3722.45, 36000.125])
def test_timestamps_go_both_ways(seconds: float) -> None:
    assert parse_timestamp(format_timestamp(seconds)) == pytest.approx(seconds, abs=1e-9)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (ROW.replace(",1,plate", ",put,plate"), "invalid literal"),
        (ROW.replace("00:00:01.56", "1.56"), "not enough values"),
        (ROW.replace("01:02:02.45", "00:00:01.56"), "stops at or before its start"),
        (ROW.rpartition(",")[0], "not 15 columns"),
    ],
)
def test_a_malformed_row_is_named_by_its_line(tmp_path: Path, broken: str, fault: str) -> None:
    with pytest.raises(EgographError, match=rf"EPIC_100_some.csv, line 3: .*{fault}"):
        read_segments(written(tmp_path, ROW, broken))


def test_what_is_wrong_is_counted_and_left_out(tmp_path: Path) -> None:
    classes = Vocabulary(("take", "put"), ("tap", "spoon", "plate"))
    path = written(
        tmp_path,
        ROW,
        ROW.replace("P01_11_1", "P01_11_2").replace("01:02:02.45", "00:00:00.5"),
        ROW.replace("P01_11_1", "P01_11_3").replace("put-down,1", "put-down,2"),
        ROW.replace("P01_11_1", "P01_11_4").replace("plate,2", "plate,x"),
        ROW,
        ROW.rpartition(",")[0],
        ROW.replace("P01_11_1", "P01_11_5").replace("00:00:01.56", "00:00:09"),
    )
    faults = Faults(strict=False)
    found = read_segments(path, faults, classes)
    assert [segment.narration_id for segment in found] == ["P01_11_1", "P01_11_5"]
    assert {kind: (row.count, row.first.rpartition(" ")[2]) for kind, row in faults.dropped.items()} == {
        "not 15 columns": (1, "7"),
        "stops at or before its start": (1, "3"),
        "an unknown verb class": (1, "4"),
        "a time or a class that can't be read": (1, "5"),
        "the narration id of an earlier row": (1, "6"),
    }
    assert {kind: row.count for kind, row in faults.noted.items()} == {"overlaps an earlier segment": 1}


def test_the_test_set_has_times_and_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "EPIC_100_test_timestamps.csv"
    columns = [column for column in COLUMNS if column.endswith(("_id", "timestamp", "_frame"))]
    row = dict(zip(COLUMNS, ROW.split(","), strict=False))
    path.write_text("\n".join([",".join(columns), ",".join(row[column] for column in columns)]) + "\n")
    assert read_segments(path) == [Segment("P01_11_1", "P01", "P01_11", 1.56, 3722.45, -1, -1, "")]


def test_another_layout_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(EgographError, match="no column 'narration_id'"):
        read_segments(path)


def test_official_files_are_read(shared_data: Path) -> None:
    folder = shared_data / "epic100"
    segments = read_segments(folder / "EPIC_100_validation.csv")
    assert len(segments) == 9668
    info = read_video_info(folder / "EPIC_100_video_info.csv")
    # The annotators' last stops may lie a little past the end.
    assert all(segment.stop <= info[segment.video].duration + 3.0 for segment in segments)
    for segment, stop_frame in zip(segments, _stop_frames(folder / "EPIC_100_validation.csv"), strict=True):
        assert abs(stop_frame / info[segment.video].numbering_fps - segment.stop) < 0.03
    assert {segment.participant for segment in segments} == {name.split("_")[0] for name in {s.video for s in segments}}


def _stop_frames(path: Path) -> list[int]:
    with path.open(newline="") as file:
        return [int(row["stop_frame"]) for row in csv.DictReader(file)]

from pathlib import Path

import pytest

from egograph.errors import EgographError
from egograph.run_folder import LabelFile, RunFolder, read_labels
from tests.streaming.plain_label import plain_label


def test_labels_are_read_as_they_were_written(tmp_path: Path):
    labels = [plain_label("küche", clip) for clip in range(3)]
    with LabelFile(RunFolder(tmp_path)) as file:
        for count, label in enumerate(labels, start=1):
            file.append(label)
            assert list(read_labels(tmp_path / "labels.jsonl")) == labels[:count]  # each is out at once


def test_the_first_label_of_a_run_and_nothing_before_it_replaces_an_earlier_run(tmp_path: Path):
    folder = RunFolder(tmp_path / "out")
    with LabelFile(folder) as file:
        file.append(plain_label("a", 0))
    folder.write_summary({"clips": 1})
    with LabelFile(folder) as file:
        assert folder.summary.exists()
        assert len(list(read_labels(folder.labels))) == 1
        file.append(plain_label("b", 0))
        assert [label.stream for label in read_labels(folder.labels)] == ["b"]
    assert not folder.summary.exists()


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(EgographError, match="file: cannot be written"):
        RunFolder(tmp_path / "file")

"""One run over whole, broken and missing sources: what it leaves and what it says."""

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import pytest

from egograph.cache.replay import ReplayConfig, replay
from egograph.cache.store import NodeCache
from egograph.cache.upkeep import verify_groups
from egograph.errors import EgographError
from egograph.label import ActionLabel
from egograph.model import EgoGraph
from egograph.pipeline import label_clips
from egograph.run_folder import read_labels
from egograph.streaming.job import StreamConfig, run_stream
from egograph.summary import RunSummary, StreamOutcome
from egograph.video.sampler import ClipSampler
from egograph.video.source import Source
from tests.video.numbered import steady, write_numbered

LENGTHS = {"long": 3.5, "middle": 2.0, "short": 0.3}  # seconds


@dataclass(frozen=True)
class Run:
    """A run, the labels it was seen to agree with, and the lines it said of what failed."""

    folder: Path
    summary: RunSummary
    alone: dict[str, list[ActionLabel]]
    said: list[str]

    @property
    def labels(self) -> dict[str, list[ActionLabel]]:
        return labels_of(self.folder)

    def outcome(self, stream: str) -> StreamOutcome:
        return next(outcome for outcome in self.summary.streams if outcome.stream == stream)


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture(scope="module")
def run(local_ray: None, model: EgoGraph, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three whole videos, one cut off, two files that are none, and one that is not there; then all are deleted."""
    folder = tmp_path_factory.mktemp("sources")
    for name, seconds in LENGTHS.items():
        write_numbered(folder / f"{name}.mp4", steady(round(20 * seconds), 20), noise=20)
    whole = write_numbered(folder / "cut.mkv", steady(70, 20), noise=20).read_bytes()
    (folder / "cut.mkv").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "text.mp4").write_text("no video\n")
    (folder / "empty.mp4").touch()
    alone = {name: label_alone(model, folder / f"{name}.mp4") for name in LENGTHS}
    handler, here = Lines(), Path.cwd()
    logging.getLogger("egograph").addHandler(handler)
    os.chdir(folder)
    try:
        words = ("text.mp4", "long.mp4", "empty.mp4", "middle.mp4", "cut.mkv", "nowhere.mp4", "short.mp4")
        summary = run_stream(StreamConfig(sources=words, output=Path("out"), decoders=3), model)
    finally:
        os.chdir(here)
        logging.getLogger("egograph").removeHandler(handler)
    for video in folder.glob("*.m*"):
        video.unlink()
    return Run(folder / "out", summary, alone, handler.lines)


def label_alone(model: EgoGraph, video: Path) -> list[ActionLabel]:
    """The labels of a video that has the model for itself, in this process."""
    clips = ClipSampler().clips(Source(str(video), video.stem, live=False))
    return [labelled.label for _, _, labelled in label_clips(model, clips)]


def labels_of(folder: Path) -> dict[str, list[ActionLabel]]:
    """The labels by stream, each stream's in the order in which they were written."""
    labels = sorted(read_labels(folder / "labels.jsonl"), key=lambda label: label.stream)
    return {name: list(group) for name, group in groupby(labels, key=lambda label: label.stream)}


def assert_agree(first: Sequence[ActionLabel], second: Sequence[ActionLabel]) -> None:
    for one, other in zip(first, second, strict=True):
        for part in ("stream", "clip", "verb", "noun", "action", "abstain"):
            assert getattr(one, part) == getattr(other, part)
        for part in ("start", "stop"):
            assert getattr(one, part) == pytest.approx(getattr(other, part), abs=1e-3)
        assert [p for _, p in one.top5["action"]] == pytest.approx([p for _, p in other.top5["action"]], abs=1e-4)


@pytest.mark.parametrize("stream", LENGTHS)
def test_a_stream_that_shares_the_actors_is_labelled_as_one_alone_in_one_process(run: Run, stream: str):
    assert_agree(run.labels[stream], run.alone[stream])
    outcome = run.outcome(stream)
    assert (outcome.clips, outcome.fault) == (len(run.alone[stream]), "")
    assert outcome.seconds == pytest.approx(LENGTHS[stream], abs=0.01)
    assert outcome.age_ms["median"] > 0


def test_a_stream_that_fails_names_itself_and_the_others_go_on(run: Run):
    assert {outcome.stream for outcome in run.summary.failed} == {"text", "empty", "nowhere", "cut"}
    assert sorted(line.partition(":")[0] for line in run.said) == ["cut.mkv", "empty.mp4", "nowhere.mp4", "text.mp4"]
    assert not any("\n" in line for line in run.said)
    assert set(run.labels) == {*LENGTHS, "cut"}


def test_a_cut_off_stream_keeps_its_labels_and_says_how_far_it_went(run: Run):
    outcome = run.outcome("cut")
    assert "labels cover what could be decoded" in outcome.fault
    assert 1.5 < outcome.seconds < 3
    assert run.labels["cut"][-1].stop == outcome.seconds


def test_the_summary_is_what_the_run_gave(run: Run):
    assert json.loads(run.folder.joinpath("summary.json").read_text()) == run.summary.to_json()
    assert sorted(path.name for path in run.folder.iterdir()) == ["cache", "labels.jsonl", "summary.json"]


def test_replay_is_live_to_the_bit_with_the_videos_gone(run: Run, model: EgoGraph, tmp_path: Path):
    assert all(entry.complete and not entry.fault for entry in verify_groups(NodeCache.find(run.folder)))
    summary = replay(ReplayConfig(cache=run.folder, output=tmp_path / "again"), model)
    assert not summary.failed
    ageless = [
        {name: [replace(label, age_ms=0) for label in labels] for name, labels in labels_of(folder).items()}
        for folder in (run.folder, tmp_path / "again")
    ]
    assert ageless[0] == ageless[1]


def test_an_output_that_cannot_be_written_is_told_before_anything_starts(model: EgoGraph, tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(EgographError, match="file/out: cannot be written"):
        run_stream(StreamConfig(sources=("a.mp4",), output=tmp_path / "file" / "out"), model)

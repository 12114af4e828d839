"""The report page and what it keeps while clips come."""

import gc
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from egograph.errors import EgographError
from egograph.report.frame_graph import frame_graph
from egograph.report.layout import place_nodes
from egograph.report.moments import MomentPicker
from egograph.report.report import ReportBuilder
from egograph.report.timeline import clock, describe, marks, timeline
from egograph.video.clip import Clip
from tests.report.cutting import NOUNS, cutting_graph, cutting_label, labelled, of_stream

VOID = {"meta", "link", "img", "br", "path", "circle", "rect"}


class Page(HTMLParser):
    """Elements with their attributes, text by element, and whether every element that opens closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append((self.open[-1] if self.open else "", data.strip()))

    def of_class(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if name in (attrs.get("class") or "").split()]


def builder(threshold: float = 0.4) -> ReportBuilder:
    return ReportBuilder("toy", NOUNS, threshold)


def written(report: ReportBuilder, folder: Path) -> str:
    report.write(folder / "report.html")
    assert [path.name for path in folder.iterdir()] == ["report.html"]
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def two_streams(tmp_path: Path) -> str:
    report = builder()
    for clip in range(6):
        report.add(*labelled(cutting_label(clip, abstain=clip == 3, confidence=0.2 if clip == 3 else 0.8)))
    report.add(*labelled(of_stream(cutting_label(0, verb="peel"), "garden")))
    return written(report, tmp_path)


def test_the_page_is_one_well_formed_document_that_loads_nothing(two_streams: str) -> None:
    page = Page(two_streams)
    assert page.open == []
    bare = re.sub(r"base64,[A-Za-z0-9+/=]+", "", two_streams)
    assert re.search(r"https?:|//\w|@import|url\(", bare) is None
    links = [value for _, attrs in page.elements for key, value in attrs.items() if key in ("src", "href")]
    assert links
    assert all(str(link).startswith(("data:", "#")) for link in links)
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {str(link)[1:] for link in links if str(link).startswith("#")} <= set(ids)


def test_every_clip_is_on_its_streams_timeline_and_abstaining_ones_name_no_action(two_streams: str) -> None:
    page = Page(two_streams)
    clips = page.of_class("clip")
    assert len(clips) == 7
    names = [str(clip["aria-label"]) for clip in clips]
    assert [name.split(",")[0] for name in names] == [*(f"clip {k}" for k in range(6)), "clip 0"]
    assert "unsure" in names[3]
    assert "onion" not in names[3]
    assert "unsure" in str(clips[3]["class"])
    assert "cut onion" in names[2]
    widths = [float(str(clip["style"]).split("width:")[1].split("%")[0]) for clip in clips]
    assert sum(widths[:6]) == pytest.approx(100, abs=0.01)


def test_every_stream_has_its_section_and_its_moments(two_streams: str) -> None:
    page = Page(two_streams)
    assert [text for tag, text in page.text if tag == "h2" and text] == ["kitchen", "garden"]
    moments = page.of_class("moment")
    assert [str(moment["class"]) for moment in moments] == ["moment", "moment unsure", "moment", "moment"]
    images = [attrs for tag, attrs in page.elements if tag == "img"]
    assert len(images) == 4
    assert all("right hand" in str(image["alt"]) for image in images)
    assert len(page.of_class("graph")) == 4


def test_a_stream_name_is_text_and_never_markup(tmp_path: Path) -> None:
    name = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    report = builder()
    report.add(*labelled(replace(cutting_label(), stream=name, action=name, verb=name)))
    text = written(report, tmp_path)
    page = Page(text)
    assert page.open == []
    assert "<script>alert" not in text
    assert not any("onerror" in attrs for _, attrs in page.elements)
    assert [text for tag, text in page.text if tag == "h2" and text] == [name]


@pytest.mark.parametrize(("unsure", "noted"), [(1, False), (4, True)])
def test_a_mostly_unsure_stream_is_called_unlike_what_the_model_knows(tmp_path: Path, unsure: int, noted: bool) -> None:
    report = builder()
    for clip in range(5):
        report.add(*labelled(cutting_label(clip, abstain=clip < unsure, confidence=0.1 if clip < unsure else 0.8)))
    assert ("not sure enough of what it sees here" in written(report, tmp_path)) == noted


def test_a_model_that_was_never_calibrated_is_said_to_be_so(tmp_path: Path) -> None:
    report = builder(threshold=2.0)
    report.add(*labelled(cutting_label(abstain=True)))
    text = written(report, tmp_path)
    assert "never calibrated" in text
    assert 'class="threshold"' not in text


def test_memory_does_not_grow_with_the_frames_of_a_stream() -> None:
    picker = MomentPicker(NOUNS)
    for clip in range(60):
        label = cutting_label(clip, verb=f"verb{clip % 30}", abstain=clip % 7 == 0, confidence=0.5 + clip / 200)
        picker.offer(*labelled(label))
        assert len(picker.moments) <= 8
    assert len(picker.moments) == 8
    assert sum(moment.label.abstain for moment in picker.moments) <= 3
    gc.collect()
    assert not any(type(thing) is Clip for thing in gc.get_objects())


def test_a_run_of_one_action_is_shown_by_its_surest_clip() -> None:
    picker = MomentPicker(NOUNS)
    for clip, (verb, confidence) in enumerate([("cut", 0.6), ("cut", 0.9), ("cut", 0.7), ("peel", 0.5), ("cut", 0.8)]):
        picker.offer(*labelled(cutting_label(clip, verb=verb, confidence=confidence)))
    assert [moment.label.clip for moment in picker.moments] == [1, 3, 4]


def test_the_timeline_joins_clips_of_one_action_and_keeps_a_verbs_hue() -> None:
    verbs = ["cut", "cut", "peel", "cut"]
    line = timeline([cutting_label(clip, verb=verb) for clip, verb in enumerate(verbs)])
    assert [(run.text, run.left, run.width) for run in line.runs] == [
        ("cut onion", 0, 50), ("peel onion", 50, 25), ("cut onion", 75, 25),
    ]  # fmt: skip
    assert [clip.hue == line.clips[0].hue for clip in line.clips] == [True, True, False, True]
    assert line.confidence.startswith("M0.000 20.0L25.000 20.0L")


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0:00"), (9.5, "0:09.5"), (61, "1:01"), (59.96, "1:00"), (3723.25, "1:02:03.2")]
)
def test_times_are_said_as_a_clock_says_them(seconds: float, said: str) -> None:
    assert clock(seconds) == said


def test_marks_stand_at_their_times_unless_they_would_cover_one_another() -> None:
    assert marks([], 440) == []
    assert marks([0.1, 0.5, 0.9], 440) == [0.1, 0.5, 0.9]
    assert marks([0.5, 0.5, 0.51], 440) == pytest.approx([0.5, 0.55, 0.6])
    assert marks([0.2, 0.99, 1.0], 440) == pytest.approx([0.2, 0.95, 1.0])
    crowded = marks([0.5] * 40, 440)
    assert min(crowded) >= 0
    assert max(crowded) <= 1


def test_a_clip_in_words() -> None:
    assert describe(cutting_label(3)) == "clip 3, 0:01.5 to 0:02: cut onion, confidence 0.80"


@pytest.mark.parametrize("count", [1, 4, 9])
def test_drawn_nodes_neither_touch_nor_leave_the_drawing(count: int) -> None:
    node = frame_graph(cutting_graph(), NOUNS, 0).nodes[3]
    random = np.random.default_rng(count)
    corners = random.uniform(0.4, 0.6, (count, 2)).tolist()
    nodes = [replace(node, box=(x, y, x + 0.1, y + 0.1)) for x, y in corners]
    placed = place_nodes(nodes, 470, 350)
    for place in placed:
        assert place.width / 2 <= place.x <= 470 - place.width / 2
        assert place.height / 2 <= place.y <= 350 - place.height / 2
    for first in range(count):
        for second in range(first):
            a, b = placed[first], placed[second]
            assert abs(a.x - b.x) >= (a.width + b.width) / 2 or abs(a.y - b.y) >= (a.height + b.height) / 2


def test_a_folder_that_is_gone_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    report = builder()
    report.add(*labelled(cutting_label()))
    with pytest.raises(EgographError, match=r"report\.html: cannot be written \(No such file or directory\)"):
        report.write(tmp_path / "gone" / "report.html")
    assert list(tmp_path.iterdir()) == []

"""The graph and the label drawn on a frame."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from egograph.report.canvas import Canvas, text_width
from egograph.report.frame_graph import frame_graph
from egograph.report.label_bar import headline, with_label_bar
from egograph.report.overlay import draw_clip_frame, draw_graph, fit
from egograph.report.palette import KIND_COLOURS, RELATION_COLOURS
from tests.report.cutting import BOWL, BOXES, KNIFE, LEFT, NOUNS, RIGHT, cutting_graph, cutting_label

GREY = np.full((480, 640, 3), 110, np.uint8)


def colours_beside(picture: NDArray[np.uint8], x: float, y: float, reach: int = 2) -> NDArray[np.uint8]:
    """The colours `[P, 3]` of the pixels about a place given in 0..1."""
    row, column = round(y * (picture.shape[0] - 1)), round(x * (picture.shape[1] - 1))
    return picture[row - reach : row + reach + 1, column - reach : column + reach + 1].reshape(-1, 3)


def has(colours: NDArray[np.uint8], wanted: tuple[int, int, int]) -> bool:
    return bool((np.abs(colours.astype(int) - wanted).max(axis=1) < 40).any())


@pytest.mark.parametrize("row", [LEFT, RIGHT])
def test_each_hand_is_boxed_in_its_own_colour(row: int) -> None:
    picture = draw_graph(GREY, frame_graph(cutting_graph(), NOUNS, 0))
    left, _, _, bottom = BOXES[row]
    low = colours_beside(picture, left, bottom - 0.1)
    assert has(low, KIND_COLOURS[row])
    assert not has(low, KIND_COLOURS[1 - row])


def test_an_absent_node_leaves_its_part_of_the_picture_alone() -> None:
    left, top, right, bottom = BOXES[BOWL]
    part = (slice(round(top * 480), round(bottom * 480)), slice(round(left * 640), round(right * 640)))
    absent = draw_graph(GREY, frame_graph(cutting_graph(bowl_score=0.0), NOUNS, 0))
    there = draw_graph(GREY, frame_graph(cutting_graph(bowl_score=0.9), NOUNS, 0))
    assert (absent[part] == 110).all()
    assert (there[part] != 110).any()


def test_a_doubtful_node_is_fainter_than_a_sure_one() -> None:
    def change(score: float) -> int:
        picture = draw_graph(GREY, frame_graph(cutting_graph(bowl_score=score), NOUNS, 0))
        edge = colours_beside(picture, (BOXES[BOWL][0] + BOXES[BOWL][2]) / 2, BOXES[BOWL][3])
        return int(np.abs(edge.astype(int) - 110).max())

    assert 0 < change(0.2) < change(0.9)


def test_a_contact_is_a_line_from_hand_to_thing() -> None:
    graph = cutting_graph()
    without = replace(graph, confidence=graph.confidence * (graph.relation != 0))
    centres = [((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for box in (BOXES[RIGHT], BOXES[KNIFE])]
    x, y = (centres[0][0] + centres[1][0]) / 2, (centres[0][1] + centres[1][1]) / 2
    assert has(colours_beside(draw_graph(GREY, frame_graph(graph, NOUNS, 0)), x, y), RELATION_COLOURS["contact"])
    assert not has(colours_beside(draw_graph(GREY, frame_graph(without, NOUNS, 0)), x, y), RELATION_COLOURS["contact"])


def test_a_frame_graph_says_each_relation_once_hands_first() -> None:
    graph = frame_graph(cutting_graph(), NOUNS, 2)
    said = [(graph.nodes[e.first].name, e.relation, graph.nodes[e.second].name) for e in graph.edges]
    assert said == [
        ("right hand", "contact", "knife"),
        ("knife", "overlap", "onion"),
        ("left hand", "proximity", "onion"),
    ]


def test_a_trail_holds_the_earlier_frames_and_no_later_one() -> None:
    onion = next(node for node in frame_graph(cutting_graph(), NOUNS, 2).nodes if node.name == "onion")
    np.testing.assert_allclose(onion.trail, [(0.45, 0.6), (0.47, 0.6)], atol=1e-6)
    assert onion.centre == pytest.approx((0.49, 0.6))


def test_an_abstaining_label_says_unsure_and_names_no_action(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(Canvas, "text", lambda self, place, text, *rest, **style: written.append(text))
    with_label_bar(GREY, cutting_label(abstain=True, confidence=0.1))
    assert "unsure" in written
    assert not any(word in text for text in written for word in ("cut", "onion"))
    assert headline(cutting_label()) == ("cut", "onion")


def test_the_confidence_bar_grows_with_the_confidence() -> None:
    def lit(confidence: float) -> int:
        bar = with_label_bar(GREY, cutting_label(confidence=confidence))[480:]
        row = bar[round(61 * 0.7)]  # the middle of the bar's line on a narrow picture
        return int((np.abs(row.astype(int) - RELATION_COLOURS["contact"]).max(axis=1) < 40).sum())

    assert 0 < lit(0.3) < lit(0.9)


@pytest.mark.parametrize("size", [(192, 256), (720, 1280), (480, 270), (2160, 3840), (333, 127)])
def test_any_frame_size_gives_even_sides_and_a_readable_width(size: tuple[int, int]) -> None:
    frame = np.zeros((*size, 3), np.uint8)
    picture = fit(frame)
    assert 960 <= max(picture.shape[:2]) <= 1280
    assert picture.shape[0] / picture.shape[1] == pytest.approx(size[0] / size[1], rel=0.01)
    drawn = draw_clip_frame(frame, cutting_graph(), 1, cutting_label(), NOUNS)
    assert drawn.dtype == np.uint8
    assert [side % 2 for side in drawn.shape[:2]] == [0, 0]
    assert drawn.shape[0] > picture.shape[0]


def test_the_frame_that_is_drawn_on_stays_as_it_was() -> None:
    frame = np.full((720, 1280, 3), 110, np.uint8)
    draw_clip_frame(frame, cutting_graph(), 0, cutting_label(), NOUNS)
    assert (frame == 110).all()


def test_text_lies_where_its_width_says() -> None:
    canvas = Canvas(np.zeros((40, 300, 3), np.uint8))
    canvas.text((290, 30), "onion", 20, (255, 255, 255), bold=True, right=True)
    columns = np.flatnonzero(canvas.pixels().any(axis=(0, 2)))
    assert columns[0] >= 290 - text_width("onion", 20, bold=True) - 1
    assert columns[-1] <= 291

"""Segments as one table."""

from pathlib import Path

import numpy as np
import pytest
import torch

from egograph.data.epic import Segment
from egograph.data.segment_table import ABSENT, MOST_OBJECTS, SegmentTable, segment_table
from egograph.data.visor import AnnotatedFrame
from egograph.data.visor_segments import SegmentFrames
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, UNKNOWN_NOUN

WITHIN = 6
NOUNS = 5


def frame(time: float, *rows: tuple[int, int, int], known: bool = True) -> AnnotatedFrame:
    """Rows of kind, noun and touched row (-1: none)."""
    kind = np.array([row[0] for row in rows], dtype=np.int64)
    left = np.arange(len(rows)) / 20
    box = np.stack([left, left, left + 0.1, left + 0.1], axis=1).astype(np.float32)
    return AnnotatedFrame(
        "a", time, box, kind, np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int64), (kind != OBJECT) & known,
    )  # fmt: skip


def entry(past: list[AnnotatedFrame], within: list[AnnotatedFrame], gap: float = 0.5) -> SegmentFrames:
    segment = Segment("a_0", "P01", "a", 10.0, 12.0, verb=1, noun=3, narration="")
    return SegmentFrames(segment, tuple(past), tuple(within), gap)


HELD = ((RIGHT_HAND, -1, 2), (LEFT_HAND, -1, -1), (OBJECT, 3, -1), (OBJECT, 4, -1))


@pytest.fixture
def table() -> SegmentTable:
    return segment_table(
        [entry([frame(8.0, (OBJECT, 3, -1))], [frame(10.5, *HELD)])], past=2, within=WITHIN, nouns=NOUNS
    )


def test_rows_are_the_frames_oldest_first_each_with_its_scene_last(table: SegmentTable) -> None:
    assert table.kind.tolist() == [[OBJECT, SCENE, LEFT_HAND, RIGHT_HAND, OBJECT, OBJECT, SCENE]]
    assert table.frame.tolist() == [[0, 0, 1, 1, 1, 1, 1]]
    assert table.noun.tolist() == [[3, -1, -1, -1, 3, 4, -1]]
    assert table.time[0, :2].tolist() == [-2.0, 0.5]
    assert table.time[0, 2:].isnan().all()
    assert table.within[0].tolist() == [False, True] + [False] * (WITHIN)
    assert table.box[0, -1].tolist() == [0, 0, 1, 1]


def test_contact_is_by_side_and_on_both_ends(table: SegmentTable) -> None:
    left, right, held, other = table.contact[0, 2:6].tolist()
    assert right == [0, 1, 0]
    assert held == [0, 1, 0]
    assert left == [0, 0, 0]
    assert other == [0, 0, 0]


def test_a_hand_of_which_is_not_known_what_it_touches_says_so() -> None:
    table = segment_table(
        [entry([], [frame(10.5, (LEFT_HAND, -1, -1), known=False)])], past=0, within=WITHIN, nouns=NOUNS
    )
    assert table.contact[0, 0].tolist() == [0, 0, 1]


def test_tracks_run_through_past_and_segment(table: SegmentTable) -> None:
    assert table.track[0, 0] == table.track[0, 4]
    assert table.track[0, 5] != table.track[0, 4]
    assert table.track[0, [1, 6]].tolist() == [-1, -1]


def test_no_more_of_the_past_is_taken_than_asked_for() -> None:
    past = [frame(float(second), (OBJECT, 3, -1)) for second in range(5)]
    table = segment_table([entry(past, [frame(10.5, *HELD)])], past=2, within=WITHIN, nouns=NOUNS)
    assert table.time[0, :3].tolist() == [-7.0, -6.0, 0.5]
    assert segment_table([entry(past, [frame(10.5, *HELD)])], past=0, within=WITHIN, nouns=NOUNS).time[0, 0] == 0.5


def test_of_long_segments_the_last_frames_are_kept_and_of_full_frames_what_is_held_and_the_largest() -> None:
    many = [frame(10 + place / 10, (OBJECT, 3, -1)) for place in range(WITHIN + 3)]
    table = segment_table([entry([], many)], past=0, within=WITHIN, nouns=NOUNS)
    assert int(table.within.sum()) == WITHIN
    assert table.time[0, 0] == pytest.approx(0.3)
    full = frame(10.5, (RIGHT_HAND, -1, 14), *[(OBJECT, 1, -1)] * 13, (OBJECT, 2, -1))
    full.box[14] = 0.0
    nouns = segment_table([entry([], [full])], past=0, within=WITHIN, nouns=NOUNS).noun[0]
    assert (nouns >= 0).sum() == MOST_OBJECTS
    assert nouns[1] == 2  # the smallest, but it is held


def test_classes_that_are_no_nouns_are_unknown() -> None:
    table = segment_table([entry([], [frame(10.5, (OBJECT, 303, -1))])], past=0, within=WITHIN, nouns=NOUNS)
    assert table.noun[0, 0] == UNKNOWN_NOUN


def test_a_part_is_as_narrow_as_it_can_be() -> None:
    short = entry([], [frame(10.5, (OBJECT, 3, -1))])
    table = segment_table([entry([], [frame(10.5, *HELD)]), short], past=0, within=WITHIN, nouns=NOUNS)
    assert table.kind.shape == (2, 5)
    assert table.kind[1].tolist() == [OBJECT, SCENE, ABSENT, ABSENT, ABSENT]
    part = table.take(torch.tensor([1]))
    assert part.kind.tolist() == [[OBJECT, SCENE]]
    assert part.time.shape == (1, WITHIN)


def test_every_real_segment_fits(shared_data: Path) -> None:
    from egograph.data.visor_split import VisorDataConfig, read_visor_split

    split = read_visor_split(VisorDataConfig(shared_data / "visor", shared_data / "epic100"), "validation", past=6)
    table = segment_table(split.shown, 6, 6, len(split.classes.nouns))
    assert len(table) == 521
    assert ((table.kind == SCENE).sum(1) == (~table.time.isnan()).sum(1)).all()
    assert (table.within.sum(1) >= 1).all()
    assert int(table.present.sum(1).max()) <= 12 * (MOST_OBJECTS + 3)
    real = ~table.time.isnan()
    assert (table.time[table.within] >= 0).all()
    assert (table.time[real & ~table.within] < 0).all()
    assert (table.time.nan_to_num()[table.within] <= table.duration[:, None].expand_as(table.time)[table.within]).all()

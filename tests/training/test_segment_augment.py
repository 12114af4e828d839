"""Augmentation of segments."""

import pytest
import torch

from egograph.data.segment_table import SegmentTable, segment_table
from egograph.data.visor_split import read_visor_split
from egograph.nodes.nodes import OBJECT, SCENE
from egograph.training.segment_augment import SegmentLooks, augment_segments
from tests.visor_folder import write_visor_folder

NONE = SegmentLooks(missed=0, unnamed=0, skipped=0, shortened=0, jitter=0, zoom=0, shift=0, bounds=0)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> SegmentTable:
    data = write_visor_folder(tmp_path_factory.mktemp("visor"), {"P01_101": 40, "P02_101": 40})
    return segment_table(read_visor_split(data, "train", 4).shown, 4, 6, 5)


def looks(**changed: float) -> SegmentLooks:
    return SegmentLooks(**(dict.fromkeys(vars(NONE), 0.0) | changed))


def test_without_any_look_half_of_the_segments_are_mirrored_and_nothing_else(table: SegmentTable) -> None:
    torch.manual_seed(0)
    seen = augment_segments(table, NONE)
    same = (seen.kind == table.kind).all(1)
    assert 0.3 < same.float().mean() < 0.7
    torch.testing.assert_close(seen.box[same], table.box[same], atol=1e-6, rtol=0)
    assert torch.equal(seen.noun, table.noun)
    assert torch.equal(seen.time.nan_to_num(), table.time.nan_to_num())


def test_rows_are_missed_as_often_as_asked_and_scenes_never(table: SegmentTable) -> None:
    torch.manual_seed(1)
    seen = augment_segments(table, looks(missed=0.4))
    gone = table.present & ~seen.present
    assert not (gone & (table.kind == SCENE)).any()
    held = table.within.gather(1, table.frame.clamp(min=0)) & (table.contact.sum(-1) > 0) & table.present
    free = table.present & ~held & (table.kind != SCENE)
    assert gone[free].float().mean() == pytest.approx(0.4, abs=0.06)
    assert gone[held].float().mean() == pytest.approx(0.2, abs=0.06)
    assert (seen.noun[gone] == -1).all()


def test_objects_lose_their_names(table: SegmentTable) -> None:
    torch.manual_seed(2)
    seen = augment_segments(table, looks(unnamed=0.5))
    objects = table.kind == OBJECT
    assert (seen.noun[objects] == -1).float().mean() == pytest.approx(0.5, abs=0.06)
    assert torch.equal(seen.present, table.present)


def test_frames_of_the_past_are_skipped_whole_and_a_segment_keeps_one_frame_at_least(table: SegmentTable) -> None:
    torch.manual_seed(3)
    seen = augment_segments(table, looks(skipped=1.0, shortened=1.0))
    within = table.within.gather(1, table.frame.clamp(min=0)) & table.present
    assert not (seen.present & ~within).any()
    frames = [len(set(frame[row].tolist())) for frame, row in zip(table.frame, seen.present, strict=True)]
    assert set(frames) == {1}


def test_bounds_shift_times_and_duration_together(table: SegmentTable) -> None:
    torch.manual_seed(4)
    seen = augment_segments(table, looks(bounds=0.1))
    moved = (seen.time - table.time)[:, 0]
    assert moved.std() == pytest.approx(0.2, rel=0.3)
    assert (seen.duration - table.duration).std() == pytest.approx(0.2 * 2**0.5, rel=0.3)
    torch.testing.assert_close((seen.time - table.time)[:, 1], moved, equal_nan=True)


def test_a_window_moves_as_one(table: SegmentTable) -> None:
    torch.manual_seed(5)
    plain = augment_segments(table, NONE)
    torch.manual_seed(5)
    seen = augment_segments(table, looks(shift=0.1))
    step = (seen.box - plain.box)[plain.kind == OBJECT].view(-1, 4)
    assert step[:, :2].std() == pytest.approx(0.1, rel=0.3)
    torch.testing.assert_close(step[:, :2], step[:, 2:])
    assert torch.equal(seen.box[plain.kind == SCENE], plain.box[plain.kind == SCENE])

"""Training windows."""

import numpy as np
import torch

from egograph.training.truth import VideoTruth
from egograph.training.windows import draw_windows


def truth(length: int) -> VideoTruth:
    """A video whose frames 4 to 11 are one action, verb 2 and noun 3."""
    segment = np.full(length, -1)
    segment[4:12] = 0
    nothing = np.zeros((length, 1), dtype=np.int64)
    return VideoTruth(
        np.ones(length, bool), np.zeros((length, 1, 4), np.float32), nothing, nothing, np.zeros((length, 2), int),
        segment, np.array([2]), np.array([3]),
    )  # fmt: skip


TRUTHS, OFFSET = [truth(30), truth(10)], np.array([0, 30, 40])


def test_the_same_seed_draws_the_same_windows() -> None:
    first, second = (draw_windows(TRUTHS, OFFSET, 5, 2, 4, np.random.default_rng(7)) for _ in range(2))
    assert torch.equal(first.frame, second.frame)


def test_windows_stay_in_their_video_and_count_on() -> None:
    windows = draw_windows(TRUTHS, OFFSET, 50, 2, 4, np.random.default_rng(0))
    flat = windows.frame.transpose(0, 1).flatten(1)
    for row, video in zip(flat, windows.video, strict=True):
        assert OFFSET[video] <= row.min()
        assert row.max() < OFFSET[video + 1]
        assert torch.equal(row.diff(), torch.ones(7, dtype=torch.int64))


def test_a_video_shorter_than_the_window_is_padded_with_its_last_frame() -> None:
    windows = draw_windows(TRUTHS[1:], np.array([0, 10]), 1, 4, 4, np.random.default_rng(0))
    assert windows.valid.flatten().tolist() == [True] * 10 + [False] * 6
    assert windows.frame.flatten()[10:].unique().tolist() == [9]
    assert windows.actions.verb[3].tolist() == [-1]
    assert windows.actions.acting[3].tolist() == [-1]


def test_each_clip_has_the_truth_of_its_own_frames() -> None:
    windows = draw_windows(TRUTHS, OFFSET, 40, 2, 4, np.random.default_rng(1))
    for clip in range(2):
        for row in range(40):
            ticks = windows.frame[clip, row][windows.valid[clip, row]] - OFFSET[windows.video[row]]
            inside = int(((ticks >= 4) & (ticks < 12)).sum())
            expected = 2 if 2 * inside > len(ticks) else -1
            assert windows.actions.verb[clip, row] == expected

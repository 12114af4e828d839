"""Intervals of a share."""

import numpy as np
import pytest

from egograph.evaluation.bootstrap import interval


def test_an_interval_of_independent_segments_is_that_of_the_binomial() -> None:
    right = (np.random.default_rng(1).random(400) < 0.3).astype(float)
    low, high = interval(right, np.arange(400))
    half = 1.96 * np.sqrt(right.mean() * (1 - right.mean()) / 400)
    assert (low, high) == pytest.approx((right.mean() - half, right.mean() + half), abs=0.006)


def test_videos_whose_segments_are_alike_make_it_wider() -> None:
    video = np.repeat(np.arange(20), 20)
    right = (np.random.default_rng(2).random(20) < 0.5)[video].astype(float)
    low, high = interval(right, video)
    alone_low, alone_high = interval(right, np.arange(400))
    assert high - low > 3 * (alone_high - alone_low)


def test_one_video_has_no_spread() -> None:
    assert interval(np.array([0.0, 1.0, 1.0, 1.0]), np.zeros(4, dtype=np.int64)) == (0.75, 0.75)

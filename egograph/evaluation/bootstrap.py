"""Bootstrap intervals of a share, resampled by video: segments of one video are no independent draws."""

import numpy as np
from numpy.typing import NDArray


def interval(
    right: NDArray[np.float64], video: NDArray[np.int64], draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """The percentile interval of the mean of `right` (Efron 1979), whole videos drawn with replacement.

    Args:
        right: `[N]`, 0 to 1 for each segment, or 0 to 100; of several seeds, their mean.
        video: int64 `[N]`, which video each segment is of.
        draws: resamples.
        level: share of the resamples inside.
        seed: draws them.
    """
    _, group = np.unique(video, return_inverse=True)
    total, count = np.bincount(group, right), np.bincount(group)
    drawn = np.random.default_rng(seed).integers(len(count), size=(draws, len(count)))
    shares = total[drawn].sum(1) / count[drawn].sum(1)
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)

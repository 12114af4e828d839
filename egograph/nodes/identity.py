"""Identity over time where boxes and nouns are annotated: which box is which of the frames before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True)
class Boxes:
    """The boxes of a frame: `box` float32 `[N, 4]`, xyxy in 0..1, and int64 `[N]` their `kind` and `noun`."""

    box: NDArray[np.float32]
    kind: NDArray[np.int64]
    noun: NDArray[np.int64]


def identities(frames: Sequence[Boxes]) -> list[NDArray[np.int64]]:
    """The track of every row of every frame, causally.

    A row continues a track of its kind and noun; where there are several, boxes are matched with the least sum of
    distances between their sides to where the tracks were last (Kuhn 1955).

    Args:
        frames: of one video, by time.
    """
    last: dict[tuple[int, int], dict[int, NDArray[np.float32]]] = {}
    count, found = 0, []
    for frame in frames:
        tracks = np.full(len(frame.kind), -1, dtype=np.int64)
        names = list(zip(frame.kind.tolist(), frame.noun.tolist(), strict=True))
        for name in dict.fromkeys(names):
            rows = np.array([row for row, other in enumerate(names) if other == name])
            known = last.setdefault(name, {})
            tracks[rows] = _matched(frame.box[rows], known)
            for row in rows[tracks[rows] < 0]:
                tracks[row], count = count, count + 1
            known |= {int(tracks[row]): frame.box[row] for row in rows}
        found.append(tracks)
    return found


def _matched(box: NDArray[np.float32], known: dict[int, NDArray[np.float32]]) -> NDArray[np.int64]:
    """The known track of each box, -1 where there are more boxes than tracks."""
    tracks = np.full(len(box), -1, dtype=np.int64)
    if known:
        names = np.array(list(known))
        cost = np.abs(box[:, None] - np.stack(list(known.values()))).sum(-1)
        rows, columns = linear_sum_assignment(cost)
        tracks[rows] = names[columns]
    return tracks

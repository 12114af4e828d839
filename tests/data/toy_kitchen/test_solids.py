"""Solids."""

import numpy as np

from egograph.data.toy_kitchen.solids import rod_outlines


def test_rods_are_outlined_and_their_lit_middles() -> None:
    ends = np.array([[0, 1], [1, 2]])
    exact = np.array([[10.0, 10.0], [50.0, 10.0], [50.0, 40.0]])
    whole, middle = rod_outlines(exact, np.ones(3), 100.0, ends, np.full((2, 2), 0.05))
    assert whole.shape == middle.shape == (2, 14, 2)
    assert np.ptp(middle[0, :, 1]) < np.ptp(whole[0, :, 1])


def test_a_kitchen_may_have_no_rods() -> None:
    none = rod_outlines(np.zeros((4, 2)), np.ones(4), 100.0, np.zeros((0, 2), dtype=np.intp), np.zeros((0, 2)))
    assert [len(outlines) for outlines in none] == [0, 0]

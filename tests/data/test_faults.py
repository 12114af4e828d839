import pytest

from egograph.data.faults import Faults
from egograph.errors import EgographError


def test_a_strict_reading_fails_on_the_first():
    with pytest.raises(EgographError, match=r"^a\.csv, line 3: stops before it starts; mend or remove the row$"):
        Faults().drop("stops before it starts", "a.csv, line 3")


def test_all_are_told_in_one_line_with_their_counts():
    faults = Faults(strict=False)
    assert faults.summary() == ""
    for line in (3, 5, 9):
        faults.drop("reversed", f"a.csv, line {line}")
    faults.drop("an unknown verb class", "a.csv, line 4")
    faults.note("overlaps an earlier segment", "a.csv, line 7")
    assert faults.summary() == (
        "4 left out: 1 × an unknown verb class (first a.csv, line 4), 3 × reversed (first a.csv, line 3); "
        "1 odd but kept: overlaps an earlier segment (first a.csv, line 7)"
    )

"""The report: its rows, its table, its picture."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from egograph.evaluation.competence.conditions import AS_IT_IS, OF_EDGES, STRENGTHS, UNITS, Condition
from egograph.evaluation.competence.cost import Cost
from egograph.evaluation.competence.report import GRAPH, SUBSET, WITHOUT, Report, report
from egograph.evaluation.competence.subject import Items, Right, Trainings
from egograph.evaluation.competence.table import competence_markdown
from egograph.evaluation.competence.write import write_competence

ITEMS = 60


class Fading:
    """Right on a share of the items that falls with strength; keeps what it was asked."""

    strengths: Mapping[str, tuple[float, ...]] = STRENGTHS
    units: Mapping[str, str] = UNITS
    items = Items(np.arange(ITEMS) // 10, {"first half": np.arange(ITEMS) < 30, "none": np.zeros(ITEMS, dtype=bool)})

    def __init__(self, share: float) -> None:
        self.share = share
        self.asked: list[tuple[Condition, int]] = []

    def right(self, condition: Condition, seed: int) -> Right:
        self.asked.append((condition, seed))
        hits = (np.arange(ITEMS) * 7 % ITEMS < ITEMS * self.share / (1 + condition.strength)).astype(float)
        return dict.fromkeys(("verb", "noun", "action"), hits)

    def cost(self) -> Cost:
        return Cost(1000, 20_000, 0.25)


@pytest.fixture(scope="module")
def found() -> Report:
    return report("val", {GRAPH: Fading(0.8), WITHOUT: Fading(0.5)}, {"other": {GRAPH: Fading(0.6)}}, 3, lambda _: None)


def test_every_condition_is_asked_as_often_as_chance_has_a_part() -> None:
    graph, without = Fading(0.8), Fading(0.5)
    done: list[int] = []
    report("val", {GRAPH: graph, WITHOUT: without}, {}, 3, done.append)
    times = {condition: sum(other == condition for other, _ in graph.asked) for condition, _ in graph.asked}
    assert times[Condition(AS_IT_IS)] == 1
    assert times[Condition("low resolution", 0.25)] == 1
    assert times[Condition("missed detections", 0.25)] == 3
    assert times[Condition("edges shuffled")] == 3
    assert {seed for condition, seed in graph.asked if condition.name == "edges shuffled"} == {0, 1, 2}
    assert all(condition.confidence and condition.name not in OF_EDGES for condition, _ in without.asked)
    assert done == list(range(7 + 48 + 1))


def test_rows_hold_shares_and_leads(found: Report) -> None:
    [whole] = [row for row in found.rows if row.condition == AS_IT_IS]
    assert whole.scores[GRAPH]["action"].value == pytest.approx(80)
    assert whole.ahead is not None
    assert whole.ahead.value == pytest.approx(30)
    assert whole.ahead.low <= 30 <= whole.ahead.high
    subsets = {row.condition: row.items for row in found.rows if row.group == SUBSET}
    assert subsets == {"first half": 30, "other": 60, "other, first half": 30}
    assert found.empty == ("none", "other, none")
    assert " No item is of: none; other, none." in competence_markdown(found)
    assert next(row for row in found.rows if row.condition == "other").ahead is None


def test_the_lead_is_told_item_by_item() -> None:
    class Harder(Fading):
        """Right on every item that a half of the videos has, or on none; one of ten more than the other model."""

        def right(self, condition: Condition, seed: int) -> Right:
            easy = (self.items.video % 2 == 0).astype(float)
            hits = np.where(np.arange(ITEMS) % 10 == 0, self.share, easy)
            return dict.fromkeys(("verb", "noun", "action"), hits)

    row = report("val", {GRAPH: Harder(1.0), WITHOUT: Harder(0.0)}, {}, 1, lambda _: None).rows[0]
    assert row.ahead is not None
    assert (row.ahead.value, row.ahead.low, row.ahead.high) == pytest.approx((10, 10, 10))
    action = row.scores[GRAPH]["action"]
    assert action.high - action.low > 40


def test_the_table_has_a_row_a_condition_with_confidence_beside(found: Report) -> None:
    lines = competence_markdown(found).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert len({line.count("|") for line in table}) == 1
    assert len(table) == 2 + 6 + 24 + 3
    [row] = [line for line in table if line.startswith("| missed detections | 0.25 |")]
    assert row.count("64.0") == 0
    assert "| 65.0 / 65.0 / 65.0 (" in row
    assert "edge confidence off" in table[0]
    assert not any(line.startswith("| edge confidence off") for line in table)


def test_a_lead_that_no_resample_changes_has_no_interval() -> None:
    alike = report("val", {GRAPH: Fading(0.8), WITHOUT: Fading(0.8)}, {}, 1, lambda _: None)
    [row] = [line for line in competence_markdown(alike).splitlines() if line.startswith("| as it is |")]
    assert row.endswith("| +0.0 |")


def test_trainings_together_are_as_right_as_on_average() -> None:
    each = [Fading(0.8), Fading(0.5)]
    both = report("val", {GRAPH: Trainings(each)}, {}, 2, lambda _: None)
    apart = [report("val", {GRAPH: training}, {}, 2, lambda _: None) for training in each]
    for row, *rows in zip(both.rows, *(found.rows for found in apart), strict=True):
        mean = np.mean([other.scores[GRAPH]["action"].value for other in rows])
        assert row.scores[GRAPH]["action"].value == pytest.approx(mean)
    assert both.cost == {GRAPH: each[0].cost()}


def test_one_json_one_table_one_picture(found: Report, tmp_path: Path) -> None:
    write_competence(found, tmp_path)
    written = json.loads((tmp_path / "competence.json").read_text())
    assert [row["condition"] for row in written["rows"]] == [row.condition for row in found.rows]
    assert written["cost"][GRAPH]["parameters"] == 1000
    assert (tmp_path / "competence.md").read_text() == competence_markdown(found)
    with Image.open(tmp_path / "competence.png") as picture:
        assert picture.width > 1000
    assert {path.name for path in tmp_path.iterdir()} == {"competence.json", "competence.md", "competence.png"}


def test_a_model_alone_is_reported_alone(tmp_path: Path) -> None:
    found = report("val", {GRAPH: Fading(0.8)}, {}, 1, lambda _: None)
    assert all(row.ahead is None for row in found.rows)
    write_competence(found, tmp_path)
    assert (tmp_path / "competence.png").exists()

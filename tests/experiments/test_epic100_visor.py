"""The experiment's own code: trees on hand-made features, pretraining by masked nouns, and the table."""

import logging
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from egograph.data.segment_table import SegmentTable, segment_table
from egograph.data.visor_split import read_visor_split
from egograph.nn.segment_recogniser import SegmentRecogniser, SegmentRecogniserConfig
from egograph.nodes.nodes import UNKNOWN_NOUN
from egograph.training.segment_augment import SegmentLooks
from egograph.training.train_segments import SegmentTrainConfig
from egograph.training.trainer import StageConfig
from tests.visor_folder import write_visor_folder

HERE = Path(__file__).parents[2] / "experiments" / "epic100_visor"


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The experiment's files import each other as scripts do."""
    monkeypatch.syspath_prepend(str(HERE))
    for name in ("features", "trees", "masked", "methods", "table"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.parametrize("past", [0, 2])
def test_trees_learn_what_contact_before_and_after_tells(tmp_path: Path, past: int) -> None:
    from features import LabelCounts
    from trees import tree_scores

    data = write_visor_folder(tmp_path, {f"P0{person}_101": 40 for person in range(1, 6)})
    split = read_visor_split(data, "train", past)

    def table(first: int, last: int) -> SegmentTable:
        return segment_table(split.shown[first:last], past, 6, len(split.classes.nouns))

    train, test = table(0, 160), table(160, 200)
    people = [entry.segment.participant for entry in split.shown[:160]]
    verb, noun = tree_scores(train, people, test, LabelCounts(split.pairs.double().numpy()), seed=0)
    assert verb.shape == (40, 3)
    assert np.allclose(np.exp(noun).sum(1), 1)
    assert (verb.argmax(1) == test.verb.numpy()).mean() > 0.9
    assert (noun.argmax(1) == test.target.numpy()).mean() > 0.9


def test_the_table_holds_means_deviations_and_paired_leads(tmp_path: Path) -> None:
    from table import CONTRASTS, as_rows, contrasts, write_table

    right = np.repeat([1.0, 0.0], 10)
    tasks = [f"{task}@{k}" for task in ("verb", "noun", "action") for k in (1, 5)]
    better = [dict.fromkeys(tasks, np.maximum(right, np.arange(20) % 10 == 0)) for _ in range(2)]
    worse = [dict.fromkeys(tasks, right), dict.fromkeys(tasks, right * 0)]
    video = np.arange(20) // 10
    rows = as_rows({"graph": (better, 1234), "other": (worse, 0)}, video)
    assert rows["graph"]["accuracy"]["action@1"]["mean"] == pytest.approx(55)
    half = pytest.approx(50)
    assert rows["other"]["accuracy"]["action@1"] == {
        "mean": pytest.approx(25), "deviation": pytest.approx(50 / 2**0.5),
        "low": 0.0, "high": half, "seeds": [half, 0.0],
    }  # fmt: skip
    assert rows["other"]["graph_ahead"]["action@1"]["mean"] == pytest.approx(30)
    found = {name: (worse, 0) for pair in CONTRASTS.values() for name in pair} | {"graph": (better, 0)}
    leads = contrasts(found, video)
    ahead = leads["by edges beside such features"]["noun"]
    assert (ahead["mean"], ahead["seeds"]) == (pytest.approx(30), pytest.approx([5, 55]))
    assert leads["by edges"]["noun"] == {"mean": 0, "low": 0, "high": 0, "seeds": [0, 0]}
    readme = tmp_path / "README.md"
    marks = {name: f"<!-- {name}, made by run.py -->" for name in ("folds", "validation")}
    readme.write_text(
        f"before\n{marks['folds']}\nstale\n<!-- end -->\n{marks['validation']}\nkept\n<!-- end -->\nafter\n"
    )
    of = {"segments": 20, "videos": 2, "trained_on": [9, 8], "seeds": [0, 1]}
    write_table(readme, "folds", of | {"methods": rows, "contrasts": leads})
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "stale" not in text
    assert "kept" in text
    assert "20 segments of 2 videos; trained on 9, 8; of seed 0, 1." in text
    assert "| graph | 1,234 | 55.0 (" in text
    assert "| +30.0 (" in text
    assert "| by edges | +0.0 (+0.0 to +0.0); +0.0, +0.0 |" in text


def test_masked_nouns_are_not_seen_and_train_message_passing(tmp_path: Path) -> None:
    from masked import MaskedNouns, NounTeller

    split = read_visor_split(write_visor_folder(tmp_path, {"P01_101": 40}), "train", 2)
    table = segment_table(split.shown, 2, 6, 5)
    teller = NounTeller(SegmentRecogniser(SegmentRecogniserConfig(past=2), split.pairs), 5)
    seen: list[SegmentTable] = []
    teller.register_forward_pre_hook(lambda _module, given: seen.append(given[0]))
    torch.manual_seed(0)
    MaskedNouns(teller, table, 40, SegmentLooks(), "masked").losses(table)["noun"].backward()
    [shown] = seen
    hidden = shown.noun != table.noun
    assert 0.15 < hidden.sum() / (table.noun >= 0).sum() < 0.45
    assert (shown.noun[hidden] == UNKNOWN_NOUN).all()
    for segment in range(40):  # a noun is hidden wherever it is in a segment, or nowhere
        assert not np.intersect1d(table.noun[segment][hidden[segment]], shown.noun[segment]).size
    assert all(weight.grad.abs().sum() > 0 for weight in teller.model.passing.parameters() if weight.grad is not None)
    assert sum(weight.grad is not None for weight in teller.model.passing.parameters()) > 4


def test_pretraining_goes_on_from_its_checkpoints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import masked

    monkeypatch.setattr(masked, "PRETRAINING", StageConfig(steps=2, size=16))
    data = write_visor_folder(tmp_path, {"P01_101": 40})
    config = SegmentTrainConfig(tmp_path / "kept", data, segments=StageConfig(steps=3, size=16))
    split = read_visor_split(data, "train", 6)
    first = masked.pretrained(config, split).state_dict()
    assert "going on" not in caplog.text
    with caplog.at_level(logging.INFO):
        again = masked.pretrained(config, split).state_dict()
    assert caplog.text.count("going on after step 2") == caplog.text.count("going on after step 3") == 1
    assert all(torch.equal(weight, again[name]) for name, weight in first.items())

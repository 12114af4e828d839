"""Makes the tables: the graph model and its controls, on the same segments with the same budget.

Validation with some seeds; with `--folds`, every training segment by a model that saw none of its participant, and with
`--tried`, what was tried to better the graph model, on these; with `--competence`, the relational competence report.
What is trained is kept under `outputs/epic100_visor`; a second run goes on where the first was stopped.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
import torch
import torch_geometric
from methods import CONTROL, MAIN, PAST, Data, Hits, Method, methods_on, trained, tried_on
from table import as_rows, contrasts, write_table

from egograph.data.visor_split import VisorDataConfig, hold_out, read_visor_split
from egograph.evaluation.competence.ask import ask
from egograph.evaluation.competence.report import GRAPH, WITHOUT
from egograph.evaluation.competence.segments import SegmentSubject
from egograph.evaluation.competence.subject import Trainings
from egograph.metrics.epic_truth import EpicTruth
from egograph.segment_checkpoint import load_segment_model
from egograph.training.train_segments import FOLDS

HERE = Path(__file__).parent
DRAWS = 3


def main() -> None:
    """Train, ask and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="holds visor/ and epic100/")
    parser.add_argument("--output", type=Path, default=Path("outputs/epic100_visor"), help="keeps what is trained")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folds", action="store_true", help="the folds of the training participants; the first seed")
    parser.add_argument("--tried", action="store_true", help="what was tried, on these folds; the first seed")
    parser.add_argument("--competence", action="store_true", help="the relational competence report, of all seeds")
    given = parser.parse_args()
    config = VisorDataConfig(given.data / "visor", given.data / "epic100")
    if given.competence:
        _competence(config, given)
        return
    if given.tried:
        name, results = "tried", _folds(config, given, tried_on)
    elif given.folds:
        name, results = "folds", _folds(config, given, methods_on)
    else:
        name, results = "validation", _validation(config, given)
    (HERE / f"{name}.json").write_text(json.dumps(results, indent=1) + "\n")
    write_table(HERE / "README.md", name, results)


def _validation(config: VisorDataConfig, given: argparse.Namespace) -> dict[str, Any]:
    train, test = read_visor_split(config, "train", PAST), read_visor_split(config, "validation", PAST)
    data = Data(config, train, test, EpicTruth.of([entry.segment for entry in test.shown], config.epic))
    found = {name: _asked(name, method, given.seeds) for name, method in methods_on(data, given.output).items()}
    return _results(found, data.truth, given.seeds) | {"trained_on": [len(train.shown)]}


def _folds(
    config: VisorDataConfig, given: argparse.Namespace, methods: Callable[[Data, Path], dict[str, Method]]
) -> dict[str, Any]:
    whole, seed = read_visor_split(config, "train", PAST), given.seeds[:1]
    parts: list[dict[str, tuple[list[Hits], int]]] = []
    segments, trained_on = [], []
    for fold in range(FOLDS):
        rest, held = hold_out(whole, fold, FOLDS)
        shown = [entry.segment for entry in held.shown]
        data = Data(config, rest, held, EpicTruth.of(shown, config.epic), fold)
        segments += shown
        trained_on.append(len(rest.shown))
        parts.append({name: _asked(name, method, seed) for name, method in methods(data, given.output).items()})
    found = {name: ([_joined([part[name][0][0] for part in parts])], parts[0][name][1]) for name in parts[0]}
    return _results(found, EpicTruth.of(segments, config.epic), seed) | {"trained_on": trained_on}


def _competence(config: VisorDataConfig, given: argparse.Namespace) -> None:
    split = read_visor_split(config, "validation", PAST)
    folders = {
        asked: [trained(name, seed, config, given.output) for seed in given.seeds]
        for asked, name in ((GRAPH, MAIN), (WITHOUT, CONTROL))
    }
    subjects = {
        asked: Trainings([SegmentSubject(load_segment_model(folder)[0], split, config) for folder in each])
        for asked, each in folders.items()
    }
    ask({"validation": subjects}, folders, DRAWS, HERE)


def _joined(parts: list[Hits]) -> Hits:
    return {task: np.concatenate([part[task] for part in parts]) for task in parts[0]}


def _results(found: Mapping[str, tuple[list[Hits], int]], truth: EpicTruth, seeds: list[int]) -> dict[str, Any]:
    videos = np.unique([segment.video for segment in truth.segments], return_inverse=True)[1]
    return {
        "segments": len(truth.segments),
        "videos": int(videos.max()) + 1,
        "seeds": seeds,
        "versions": {part.__name__: part.__version__ for part in (torch, torch_geometric, sklearn)},
        "methods": as_rows(found, videos),
        "contrasts": contrasts(found, videos),
    }


def _asked(name: str, method: Method, seeds: list[int]) -> tuple[list[Hits], int]:
    rounds = []
    for seed in seeds:
        right, weights = method(seed)
        rounds.append(right)
        said = ", ".join(f"{task} {100 * hits.mean():.1f}" for task, hits in right.items() if task.endswith("@1"))
        print(f"{name}, seed {seed}: {said}", flush=True)
    return rounds, weights


if __name__ == "__main__":
    main()

"""Makes the table: the graph model and its controls, on the same segments with the same budget.

What is trained is kept under `outputs/epic100_visor`; a second run goes on where the first was stopped.
"""

import argparse
import json
import logging
from pathlib import Path

import numpy as np
import sklearn
import torch
import torch_geometric
from methods import MAIN, NETWORKS, PAST, Data, Hits, Method, majority, most_contacted, network, trees
from table import as_rows, write_table

from egograph.data.visor_split import VisorDataConfig, read_visor_split
from egograph.metrics.epic_truth import EpicTruth

HERE = Path(__file__).parent
log = logging.getLogger("egograph")


def main() -> None:
    """Train, ask and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="holds visor/ and epic100/")
    parser.add_argument("--output", type=Path, default=Path("outputs/epic100_visor"), help="keeps what is trained")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    given = parser.parse_args()
    data = _read(VisorDataConfig(given.data / "visor", given.data / "epic100"))
    methods: dict[str, Method] = {
        MAIN: network(MAIN, data, given.output),
        "majority": lambda _: (majority(data), 0),
        "most contacted object": lambda _: (most_contacted(data), 0),
        "trees, segment only": trees(data, past=0),
        "trees with causal past": trees(data, past=PAST),
    }
    methods |= {name: network(name, data, given.output) for name in NETWORKS}
    found = {name: _asked(name, method, given.seeds) for name, method in methods.items()}
    videos = np.unique([segment.video for segment in data.truth.segments], return_inverse=True)[1]
    results = {
        "segments": len(data.truth.segments),
        "videos": int(videos.max()) + 1,
        "training_segments": len(data.train.shown),
        "seeds": given.seeds,
        "versions": {part.__name__: part.__version__ for part in (torch, torch_geometric, sklearn)},
        "methods": as_rows(found, videos),
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    write_table(HERE / "README.md", results)


def _read(config: VisorDataConfig) -> Data:
    train, test = read_visor_split(config, "train", PAST), read_visor_split(config, "validation", PAST)
    return Data(config, train, test, EpicTruth.of([entry.segment for entry in test.shown], config.epic))


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

"""The table: accuracies as mean and deviation over seeds, intervals over videos, and how far the graph is ahead."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from methods import CONTROL, EDGES, MAIN, NEITHER, Hits
from numpy.typing import NDArray

from egograph.evaluation.bootstrap import interval
from egograph.metrics.epic_truth import TASKS

_END = "<!-- end -->"
CONTRASTS = {
    "by edges": (EDGES, NEITHER),
    "by features of the nodes": (CONTROL, NEITHER),
    "by edges beside such features": (MAIN, CONTROL),
    "by edges instead of such features": (EDGES, CONTROL),
}
"""How relations are told: what is compared with what."""


def as_rows(found: Mapping[str, tuple[list[Hits], int]], video: NDArray[np.int64]) -> dict[str, Any]:
    """Of each method: weights; of each accuracy mean, deviation over seeds, interval; and the graph's lead over it."""
    rows = {}
    for name, (rounds, weights) in found.items():
        row: dict[str, Any] = {"weights": weights, "accuracy": {}, "graph_ahead": {}}
        for task in rounds[0]:
            each = [100 * float(right[task].mean()) for right in rounds]
            low, high = interval(100 * _mean(rounds, task), video)
            deviation = float(np.std(each, ddof=1)) if len(each) > 1 else 0.0
            row["accuracy"][task] = {
                "mean": float(np.mean(each)), "deviation": deviation, "low": low, "high": high, "seeds": each,
            }  # fmt: skip
            row["graph_ahead"][task] = _ahead(found[MAIN][0], rounds, task, video)
        rows[name] = row
    return rows


def contrasts(found: Mapping[str, tuple[list[Hits], int]], video: NDArray[np.int64]) -> dict[str, Any]:
    """What relations are worth: of those of `CONTRASTS` that were made, how far the first method leads the second."""
    return {
        name: {task: _ahead(found[first][0], found[second][0], f"{task}@1", video) for task in TASKS}
        for name, (first, second) in CONTRASTS.items()
        if {first, second} <= found.keys()
    }


def _ahead(ours: list[Hits], theirs: list[Hits], task: str, video: NDArray[np.int64]) -> dict[str, Any]:
    lead = 100 * (_mean(ours, task) - _mean(theirs, task))
    low, high = interval(lead, video)
    seeds = [100 * float((mine[task] - other[task]).mean()) for mine, other in zip(ours, theirs, strict=True)]
    return {"mean": float(lead.mean()), "low": low, "high": high, "seeds": seeds}


def _mean(rounds: list[Hits], task: str) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = np.mean([right[task] for right in rounds], axis=0)
    return mean


def write_table(path: Path, name: str, results: Mapping[str, Any]) -> None:
    """Put a table between its marks in a README."""
    begin = f"<!-- {name}, made by run.py -->"
    before, rest = path.read_text().split(begin)
    after = rest.split(_END, 1)[1]
    path.write_text(f"{before}{begin}\n{_markdown(results)}{_END}{after}")


def _markdown(results: Mapping[str, Any]) -> str:
    lines = ["| method | weights | verb @1 / @5 | noun @1 / @5 | action @1 / @5 | graph ahead, actions |"]
    lines.append("|---" * 6 + "|")
    for name, row in results["methods"].items():
        cells = [_accuracy(row["accuracy"], task) for task in TASKS]
        ahead = row["graph_ahead"].get("action@1") if name != MAIN else None
        lead = _lead(ahead) if ahead else "–"
        weights = f"{row['weights']:,}" if row["weights"] else "–"
        lines.append(f"| {name} | {weights} | {' | '.join(cells)} | {lead} |")
    seeds, trained = (", ".join(map(str, results[name])) for name in ("seeds", "trained_on"))
    told = f"{results['segments']:,} segments of {results['videos']} videos; trained on {trained}; of seed {seeds}."
    lines += ["", told]
    if results["contrasts"]:
        lines += ["", *_contrasts(results["contrasts"])]
    return "\n".join(lines) + "\n"


def _contrasts(contrasts: Mapping[str, Any]) -> list[str]:
    lines = ["| relations told | verb @1 | noun @1 | action @1 |", "|---" * 4 + "|"]
    for name, leads in contrasts.items():
        lines.append(f"| {name} | {' | '.join(_lead(leads[task]) for task in TASKS)} |")
    return lines


def _lead(ahead: Mapping[str, Any]) -> str:
    seeds = ", ".join(f"{lead:+.1f}" for lead in ahead["seeds"])
    told = "{mean:+.1f} ({low:+.1f} to {high:+.1f})".format(**ahead)
    return f"{told}; {seeds}" if len(ahead["seeds"]) > 1 else told


def _accuracy(accuracy: Mapping[str, Any], task: str) -> str:
    if f"{task}@1" not in accuracy:
        return "–"
    best, five = accuracy[f"{task}@1"], accuracy[f"{task}@5"]
    spread = f" ± {best['deviation']:.1f}" if best["deviation"] else ""
    return f"{best['mean']:.1f}{spread} ({best['low']:.1f} to {best['high']:.1f}) / {five['mean']:.1f}"

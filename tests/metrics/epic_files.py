"""EPIC-KITCHENS-100 annotations and submissions in the official layouts, small and made up."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from egograph.data.epic import COLUMNS, Segment, format_timestamp
from egograph.metrics.epic_truth import NOUNS, VERBS

UNSEEN, TAIL_VERBS, TAIL_NOUNS = ("P18", "P32"), (10, 12), (51, 70)


def segment(number: int, verb: int, noun: int, participant: str = "P01", start: float = 0.0, stop: float = 2.0):
    video = f"{participant}_101"
    return Segment(f"{video}_{number}", participant, video, start, stop, verb, noun, "do it")


def write_annotations(folder: Path, segments: Sequence[Segment]) -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / "EPIC_100_validation.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        for row in segments:
            writer.writerow(
                {
                    "narration_id": row.narration_id,
                    "participant_id": row.participant,
                    "video_id": row.video,
                    "start_timestamp": format_timestamp(row.start),
                    "stop_timestamp": format_timestamp(row.stop),
                    "verb_class": row.verb,
                    "noun_class": row.noun,
                    "narration": row.narration,
                }
            )
    lists = {
        "tail_verbs": ("verb", TAIL_VERBS),
        "tail_nouns": ("noun", TAIL_NOUNS),
        "unseen_participant_ids_validation": ("participant_id", UNSEEN),
    }
    for name, (column, values) in lists.items():
        (folder / f"EPIC_100_{name}.csv").write_text("\n".join([column, *map(str, values)]) + "\n")
    return folder


def scores(best: Sequence[int], classes: int) -> dict[str, float]:
    """Scores that rank the classes `best` first, in their order, and the rest after them."""
    row = -np.arange(classes, dtype=float) / classes
    row[list(best)] = 10.0 - np.arange(len(best))
    return {str(number): float(value) for number, value in enumerate(row)}


def entry(verbs: Sequence[int], nouns: Sequence[int]) -> dict[str, dict[str, float]]:
    return {"verb": scores(verbs, VERBS), "noun": scores(nouns, NOUNS)}


def perfect(segments: Sequence[Segment]) -> dict[str, Any]:
    return {row.narration_id: entry([row.verb], [row.noun]) for row in segments}


def write_submission(path: Path, challenge: str, results: Any, other: Any = None) -> Path:
    frame = {"version": "0.2", "challenge": challenge, "sls_pt": 1, "sls_tl": 3, "sls_td": 4}
    path.write_text(json.dumps(frame | {"results": results} | (other or {})))
    return path

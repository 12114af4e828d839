"""EPIC-KITCHENS-100 and VISOR annotations in the official layouts, small and made up."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np

from egograph.data.epic import COLUMNS, format_timestamp
from egograph.data.visor_split import VisorDataConfig

VERBS, NOUNS = ("take", "put", "hold"), ("tap", "spoon", "plate", "cupboard", "knife")
RATE = 50.0
_GAP = 3.0


def write_visor_folder(folder: Path, videos: dict[str, int], split: str = "train", seed: int = 0) -> VisorDataConfig:
    """Write videos with so many segments each, of 2 s, with a frame near the start and one near the stop.

    The right hand takes (touches in the second frame alone), puts (in the first alone) or holds (in both) one of three
    objects; the other two lie about.
    """
    rng = np.random.default_rng(seed)
    epic, visor = folder / "epic", folder / "visor"
    (visor / "annotations" / split).mkdir(parents=True)
    epic.mkdir(exist_ok=True)
    mapping: dict[str, dict[str, str]] = {}
    rows: list[dict[str, Any]] = []
    for video, count in videos.items():
        frames, mapping[video] = [], {}
        for place in range(count):
            verb, noun = int(rng.integers(3)), int(rng.integers(5))
            start = _GAP * place + 1.0
            rows.append(_row(video, place, start, verb, noun))
            for second, touched in enumerate([(False, True), (True, False), (True, True)][verb]):
                name = f"{video}_frame_{2 * place + second + 1:010d}.jpg"
                mapping[video][name] = f"frame_{round((start + 0.4 + 1.2 * second) * RATE):010d}.jpg"
                frames.append(_frame(video, name, noun, touched, rng))
        (visor / "annotations" / split / f"{video}.json").write_text(json.dumps({"video_annotations": frames}))
    (visor / "frame_mapping.json").write_text(json.dumps(mapping))
    _write_csv(epic / f"EPIC_100_{split}.csv", COLUMNS, rows)
    info = [{"video_id": video, "duration": 999.0, "fps": RATE, "resolution": "1920x1080"} for video in videos]
    _write_csv(epic / "EPIC_100_video_info.csv", ("video_id", "duration", "fps", "resolution"), info)
    for what, names in (("verb", VERBS), ("noun", NOUNS)):
        classes = [{"id": number, "key": name} for number, name in enumerate(names)]
        _write_csv(epic / f"EPIC_100_{what}_classes.csv", ("id", "key"), classes)
    _write_csv(epic / "EPIC_100_tail_verbs.csv", ("verb",), [{"verb": 2}])
    _write_csv(epic / "EPIC_100_tail_nouns.csv", ("noun",), [{"noun": 4}])
    _write_csv(epic / "EPIC_100_unseen_participant_ids_validation.csv", ("participant_id",), [{"participant_id": "P9"}])
    return VisorDataConfig(visor=visor, epic=epic)


def _row(video: str, place: int, start: float, verb: int, noun: int) -> dict[str, Any]:
    return {
        "narration_id": f"{video}_{place}",
        "participant_id": video.partition("_")[0],
        "video_id": video,
        "start_timestamp": format_timestamp(start),
        "stop_timestamp": format_timestamp(start + 2.0),
        "verb_class": verb,
        "noun_class": noun,
        "narration": f"{VERBS[verb]} {NOUNS[noun]}",
    }


def _frame(video: str, name: str, noun: int, touched: bool, rng: np.random.Generator) -> dict[str, Any]:
    others = [other for other in range(5) if other != noun]
    things = [noun, *rng.choice(others, 2, replace=False).tolist()]
    annotations = [_annotation(f"thing {thing}", thing, rng) for thing in things]
    hand = _annotation("hand", 301, rng)
    hand["in_contact_object"] = f"thing {noun}" if touched else "hand-not-in-contact"
    order = rng.permutation(3)
    image = {"video": video, "name": name, "image_path": f"{video}/{name}", "subsequence": f"{video}_seq_00001"}
    return {"image": image, "annotations": [hand, *(annotations[index] for index in order)]}


def _annotation(name: str, class_id: int, rng: np.random.Generator) -> dict[str, Any]:
    x, y = rng.uniform(0, 1500), rng.uniform(0, 800)
    outline = [[x, y], [x + 200, y], [x + 200, y + 150], [x, y + 150]]
    return {"id": name, "name": name, "class_id": class_id, "exhaustive": "y", "segments": [outline]}


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)

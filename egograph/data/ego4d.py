"""Ego4D v2 annotations: forecasting's actions (`fho_lta_*.json`).

They annotate clips, which are cut from longer videos; times here are seconds of the whole video.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from egograph.data.classes import Vocabulary
from egograph.data.epic import UNLABELLED, Segment
from egograph.data.faults import Faults
from egograph.data.json_file import read_object
from egograph.errors import EgographError

_UNREADABLE = "a key that is absent or can't be read"


def read_taxonomy(path: Path) -> Vocabulary:
    """The verbs and nouns of `fho_lta_taxonomy.json`; index and label number are the same.

    Raises:
        EgographError: the file is absent or another.
    """
    content = read_object(path, "Ego4D's fho_lta_taxonomy.json")
    lists = [content.get(key) for key in ("verbs", "nouns")]
    if not all(isinstance(names, list) and names for names in lists):
        raise EgographError(f"{path}: no lists 'verbs' and 'nouns'; give Ego4D's fho_lta_taxonomy.json")
    return Vocabulary(*(tuple(map(str, names or ())) for names in lists))


def read_actions(path: Path, faults: Faults | None = None, classes: Vocabulary | None = None) -> list[Segment]:
    """The actions of an `fho_lta_*.json`, clip by clip in the order of their `action_idx`, which has holes.

    A segment's id is `{clip_uid}_{action_idx}`, its video the whole video's uid. The test set has no labels.

    Args:
        path: the file.
        faults: counts the entries that can't be read, stop before they start or have a class that `classes` lacks, and
            leaves them out. Strict unless given.
        classes: what `read_taxonomy` gives.

    Raises:
        EgographError: the file is absent or another; an entry has to be left out, and `faults` are strict.
    """
    faults = faults or Faults()
    found: list[tuple[tuple[int, int], Segment]] = []
    clips: dict[str, int] = {}
    for number, entry in enumerate(_list(path, "clips", "Ego4D's fho_lta_*.json")):
        where = f"{path}, clips[{number}]"
        try:
            clip, place = str(entry["clip_uid"]), int(entry["action_idx"])
            offset = float(entry["clip_parent_start_sec"])
            segment = Segment(
                narration_id=f"{clip}_{place}",
                participant="",
                video=str(entry["video_uid"]),
                start=offset + float(entry["action_clip_start_sec"]),
                stop=offset + float(entry["action_clip_end_sec"]),
                verb=int(entry.get("verb_label", UNLABELLED)),
                noun=int(entry.get("noun_label", UNLABELLED)),
                narration=" ".join(str(entry[key]) for key in ("verb", "noun") if key in entry),
            )
        except (KeyError, TypeError, ValueError) as fault:
            faults.drop(f"{_UNREADABLE} ({fault!r})" if faults.strict else _UNREADABLE, where)
            continue
        if wrong := _wrong(segment, classes):
            faults.drop(wrong, where)
            continue
        found.append(((clips.setdefault(clip, len(clips)), place), segment))
    return [segment for _, segment in sorted(found, key=lambda row: row[0])]


def _wrong(segment: Segment, classes: Vocabulary | None) -> str:
    if segment.stop <= segment.start:
        return "stops at or before its start"
    return classes.fault(segment.verb, segment.noun) if classes else ""


def _list(path: Path, key: str, what: str) -> Sequence[Any]:
    entries = read_object(path, what).get(key)
    if not isinstance(entries, list):
        raise EgographError(f"{path}: no list {key!r}; give {what}")
    return entries

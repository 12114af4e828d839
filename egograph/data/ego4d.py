"""Ego4D v2 annotations: forecasting's actions (`fho_lta_*.json`) and moments (`moments_*.json`).

Both annotate clips, which are cut from longer videos; times here are seconds of the whole video.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from egograph.data.classes import Vocabulary
from egograph.data.epic import UNLABELLED, Segment
from egograph.data.faults import Faults
from egograph.data.json_file import read_object
from egograph.errors import EgographError

_UNREADABLE = "a key that is absent or can't be read"


@dataclass(frozen=True)
class Moment:
    """One labelled stretch.

    Attributes:
        clip: the clip's uid.
        video: the whole video's uid.
        start: seconds of the whole video.
        stop: seconds, after `start`.
        label: the moment's class.
        primary: whether the class is one of those that the benchmark scores.
    """

    clip: str
    video: str
    start: float
    stop: float
    label: str
    primary: bool


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
            faults.drop(_UNREADABLE, where, detail=repr(fault))
            continue
        if wrong := _wrong(segment, classes):
            faults.drop(wrong, where)
            continue
        found.append(((clips.setdefault(clip, len(clips)), place), segment))
    return [segment for _, segment in sorted(found, key=lambda row: row[0])]


def read_moments(path: Path, faults: Faults | None = None) -> list[Moment]:
    """The moments of a `moments_{train,val}.json`, in the file's order.

    Args:
        path: the file.
        faults: counts labels that can't be read or stop before they start, and leaves them out. Strict unless given.

    Raises:
        EgographError: the file is absent or another; a label has to be left out, and `faults` are strict.
    """
    faults = faults or Faults()
    moments = []
    for where, video, clip, label in _labels(path):
        try:
            offset = float(clip["video_start_sec"])
            moment = Moment(
                clip=str(clip["clip_uid"]),
                video=str(video["video_uid"]),
                start=offset + float(label["start_time"]),
                stop=offset + float(label["end_time"]),
                label=str(label["label"]),
                primary=bool(label["primary"]),
            )
        except (KeyError, TypeError, ValueError) as fault:
            faults.drop(_UNREADABLE, where, detail=repr(fault))
            continue
        if moment.stop <= moment.start:
            faults.drop("stops at or before its start", where)
            continue
        moments.append(moment)
    return moments


def _labels(path: Path) -> Iterator[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Each label with its place, its video and its clip."""
    try:
        for video in _list(path, "videos", "Ego4D's moments_*.json"):
            for clip in video["clips"]:
                for annotator, annotation in enumerate(clip["annotations"]):
                    for number, label in enumerate(annotation["labels"]):
                        where = f"{path}, clip {clip.get('clip_uid')}, annotations[{annotator}].labels[{number}]"
                        yield where, video, clip, label
    except (KeyError, TypeError, AttributeError) as fault:
        raise EgographError(f"{path}: not in the layout of moments ({fault!r}); give Ego4D's moments_*.json") from None


def _wrong(segment: Segment, classes: Vocabulary | None) -> str:
    if segment.stop <= segment.start:
        return "stops at or before its start"
    return classes.fault(segment.verb, segment.noun) if classes else ""


def _list(path: Path, key: str, what: str) -> Sequence[Any]:
    entries = read_object(path, what).get(key)
    if not isinstance(entries, list):
        raise EgographError(f"{path}: no list {key!r}; give {what}")
    return entries

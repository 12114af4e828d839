"""What a video shows, in the layouts of EPIC-100 rows and VISOR entries."""

from typing import Any

import numpy as np

from egograph.data import visor_layout
from egograph.data.classes import EPIC_NOUN_IDS, EPIC_VERB_IDS
from egograph.data.epic import Segment, format_timestamp
from egograph.data.toy_kitchen.actions import spoken
from egograph.data.toy_kitchen.annotate import Annotation
from egograph.data.toy_kitchen.video import Frame, ToyVideo


def visor_entry(video: ToyVideo, frame: Frame) -> dict[str, Any]:
    """VISOR's entry of an annotated frame."""
    assert frame.annotations is not None
    name = f"{video.name}_frame_{frame.index:010d}.jpg"
    scale = np.array(visor_layout.SIZE) / np.array(video.size)
    image = {
        "image_path": f"{video.name}/{name}",
        "name": name,
        "subsequence": f"{video.name}_seq_00001",
        "video": video.name,
    }
    return {"image": image, "annotations": [_visor_object(one, scale) for one in frame.annotations]}


def _visor_object(one: Annotation, scale: Any) -> dict[str, Any]:
    hands = {"left hand": visor_layout.LEFT_HAND_CLASS, "right hand": visor_layout.RIGHT_HAND_CLASS}
    entry: dict[str, Any] = {
        "id": one.id,
        "name": spoken(one.noun),
        "class_id": hands[one.noun] if one.noun in hands else EPIC_NOUN_IDS[one.noun],
        "exhaustive": "y",
        "segments": [np.rint(polygon * scale).astype(int).tolist() for polygon in one.polygons],
    }
    if one.noun in hands:
        nothing_seen = visor_layout.TOUCHES_OTHER if one.touches_unseen else visor_layout.HAND_FREE
        entry["in_contact_object"] = one.touches or nothing_seen
    return entry


def epic_row(segment: Segment, others: tuple[str, ...], info: dict[str, str]) -> list[str]:
    """EPIC-100's row of a segment; `others` are the further nouns, `info` the video's row."""
    fps = float(info["fps"])
    verb = spoken(next(key for key, value in EPIC_VERB_IDS.items() if value == segment.verb)).replace(" ", "-")
    nouns = [key for key in (_noun_key(segment.noun), *others) if key in EPIC_NOUN_IDS]
    nouns = list(dict.fromkeys(nouns))
    return [
        segment.narration_id,
        segment.participant,
        segment.video,
        format_timestamp(segment.start),
        format_timestamp(segment.start),
        format_timestamp(segment.stop),
        str(max(int(segment.start * fps), 1)),
        str(int(segment.stop * fps)),
        segment.narration,
        verb,
        str(segment.verb),
        nouns[0],
        str(segment.noun),
        str(nouns),
        str([EPIC_NOUN_IDS[key] for key in nouns]),
    ]


def _noun_key(number: int) -> str:
    return next(key for key, value in EPIC_NOUN_IDS.items() if value == number)

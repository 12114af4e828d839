"""ActionLabel: what egograph says of one clip; one line of `labels.jsonl`."""

import json
from dataclasses import dataclass
from typing import Any

Triplet = tuple[str, str, str, float]
Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class ActionLabel:
    """The label of one clip.

    Attributes:
        stream: the stream's name.
        clip: the clip's index.
        start: seconds from the stream's first frame.
        stop: seconds.
        verb: the likeliest verb.
        verb_p: its probability.
        noun: the likeliest noun.
        noun_p: its probability.
        action: the likeliest pair, as "verb noun".
        action_p: its probability.
        top5: for verb, noun and action, up to five classes with their probabilities, likeliest first.
        confidence: the calibrated probability that the action is right.
        abstain: true where the confidence is too low for the label to be used.
        age_ms: milliseconds from the moment the clip's last frame was there to the moment the label was out.
        triplets: what carried the label: subject, relation, object, confidence.
    """

    stream: str
    clip: int
    start: float
    stop: float
    verb: str
    verb_p: float
    noun: str
    noun_p: float
    action: str
    action_p: float
    top5: dict[str, Ranked]
    confidence: float
    abstain: bool
    age_ms: int
    triplets: tuple[Triplet, ...]

    def to_json(self) -> str:
        """One JSON object on one line; probabilities keep six decimals, times keep milliseconds."""
        row: dict[str, Any] = {
            "stream": self.stream,
            "clip": self.clip,
            "start": round(self.start, 3),
            "stop": round(self.stop, 3),
        }
        for part in ("verb", "noun", "action"):
            row[part] = getattr(self, part)
            row[f"{part}_p"] = round(getattr(self, f"{part}_p"), 6)
        row["top5"] = {part: [[name, round(p, 6)] for name, p in ranked] for part, ranked in self.top5.items()}
        row["confidence"] = round(self.confidence, 6)
        row["abstain"] = self.abstain
        row["age_ms"] = self.age_ms
        row["triplets"] = [[a, relation, b, round(p, 4)] for a, relation, b, p in self.triplets]
        return json.dumps(row, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "ActionLabel":
        """Read one line of `labels.jsonl`."""
        row = json.loads(line)
        row["top5"] = {part: tuple((name, p) for name, p in ranked) for part, ranked in row["top5"].items()}
        row["triplets"] = tuple(tuple(triplet) for triplet in row["triplets"])
        return cls(**row)

"""The scores of a split, and how they are written: as JSON and as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from egograph.evaluation.action_accuracy import ActionAccuracy
from egograph.evaluation.score import Abstention, BoxScore, ClipTable


@dataclass(frozen=True)
class ActionScore:
    """Accuracies over the clips that lie mostly inside an action, and over those that lie wholly inside one."""

    mostly: ActionAccuracy
    wholly: ActionAccuracy

    @classmethod
    def of(cls, table: ClipTable) -> "ActionScore":
        """Score a table of clips."""
        return cls(table.accuracy(), table.wholly_inside().accuracy())


@dataclass(frozen=True)
class SplitScore:
    """The scores of one split.

    Attributes:
        split: its name.
        model: accuracies of the model.
        boxes: hands and contacts of the model.
        abstention: what the model abstains on.
        control: accuracies of the control, if there is one.
    """

    split: str
    model: ActionScore
    boxes: BoxScore
    abstention: Abstention
    control: ActionScore | None


def as_json(scores: Sequence[SplitScore]) -> dict[str, Any]:
    """The scores by split, as plain values; None where there was nothing to count, as JSON knows no NaN."""
    return {score.split: {key: value for key, value in _plain(score).items() if key != "split"} for score in scores}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    return None if isinstance(value, float) and math.isnan(value) else value


_COLUMNS = (
    "split", "", "verb", "noun", "action", "verb (whole)", "noun (whole)", "action (whole)",
    "hands AP50", "contact F1 (state)", "contact F1 (link)", "abstains",
)  # fmt: skip


def markdown(scores: Sequence[SplitScore]) -> str:
    """The scores as a Markdown table, in percent: a row for the model, and one for the control."""
    lines = [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    for score in scores:
        boxes = score.boxes
        shares = (boxes.hand_ap50, boxes.contact_state_f1, boxes.contact_f1, score.abstention.abstained)
        lines.append(_row(score.split, "model", score.model, [_percent(share) for share in shares]))
        if score.control:
            lines.append(_row(score.split, "control", score.control, ["–"] * len(shares)))
    return "\n".join(lines) + "\n"


def _row(split: str, who: str, score: ActionScore, rest: list[str]) -> str:
    accuracies = (getattr(part, name) for part in (score.mostly, score.wholly) for name in ("verb", "noun", "action"))
    return f"| {' | '.join([split, who, *map(_percent, accuracies), *rest])} |"


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{100 * share:.1f}"

"""The report's table, as Markdown."""

from collections.abc import Mapping

from egograph.evaluation.competence.conditions import AS_IT_IS, UNSURE
from egograph.evaluation.competence.report import GRAPH, WITHOUT, Report, Row, Share
from egograph.metrics.epic_truth import TASKS

_COLUMNS = ("condition", "strength", "items", "graph", "its edge confidence off", "without graph", "actions ahead")


def competence_markdown(found: Report) -> str:
    """One row a condition; verb / noun / action in percent."""
    lines = [f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|"]
    unsure = {_key(row): row for row in found.rows if not row.confidence}
    for row in found.rows:
        if not row.confidence:
            continue
        other = unsure.get(_key(row))
        cells = [
            row.condition,
            f"{row.strength:.3g}" if row.strength else "",
            str(row.items),
            _accuracies(row.scores[GRAPH]),
            _accuracies(other.scores[GRAPH]) if other else "–",
            _accuracies(row.scores.get(WITHOUT)),
            _ahead(row.ahead),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", _told(found), "", *_costs(found)]) + "\n"


def _key(row: Row) -> tuple[str, float]:
    return (AS_IT_IS if row.condition == UNSURE else row.condition), row.strength


def _accuracies(scores: Mapping[str, Share] | None) -> str:
    if scores is None:
        return "–"
    shares = " / ".join(f"{scores[task].value:.1f}" for task in TASKS)
    return f"{shares} ({scores['action'].low:.1f} to {scores['action'].high:.1f})"


def _ahead(lead: Share | None) -> str:
    if lead is None:
        return "–"
    known = lead.low < lead.high  # where no item differs, resampling items tells nothing
    return f"{lead.value:+.1f} ({lead.low:+.1f} to {lead.high:+.1f})" if known else f"{lead.value:+.1f}"


def _told(found: Report) -> str:
    units = "; ".join(f"{name}: {unit}" for name, unit in found.unit.items())
    empty = f" No item is of: {'; '.join(found.empty)}." if found.empty else ""
    return (
        f"Verb / noun / action in percent, on {found.split}; of actions the 95 % bootstrap interval over videos, too. "
        f'"Actions ahead" is how far the model is ahead of the same without graph, item by item. What is random '
        f"was drawn {found.draws} times. Strengths are, of {units}.{empty}"
    )


def _costs(found: Report) -> list[str]:
    lines = []
    for model, cost in found.cost.items():
        million, along = cost.products / 1e6, 100 * cost.attended
        size = f"{cost.parameters:,} weights and {million:.2f} million products an item"
        folders = ", ".join(f"`{training['folder']}`" for training in found.models.get(model, ()))
        of = f" ({folders})" if folders else ""
        lines.append(f"- {model}{of}, after the nodes: {size}, {along:.1f} % of them along edges")
    return lines

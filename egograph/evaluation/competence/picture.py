"""The report's picture: what the graph is worth, and how answers bear degradation."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from egograph.evaluation.competence.conditions import AS_IT_IS
from egograph.evaluation.competence.report import CHANGED, DEGRADED, GRAPH, SUBSET, WITHOUT, Report, Row, Share
from egograph.figure import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOUR = {GRAPH: "#0b5394", WITHOUT: "#c2571a"}
_UNSURE = "#6fa8dc"


def draw_competence(found: Report, path: Path) -> None:
    """Draw action accuracies: on the left one row a change or subset, on the right one panel a degradation."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    names = list(dict.fromkeys(row.condition for row in found.rows if row.group == DEGRADED))
    columns = -(-len(names) // 2)
    figure = plt.figure(figsize=(15, 7), layout="constrained")
    grid = figure.add_gridspec(2, 1 + columns, width_ratios=(1.6, *[1.0] * columns))
    _draw_rows([row for row in found.rows if row.group in (CHANGED, SUBSET)], figure.add_subplot(grid[:, 0]))
    panels: list[Axes] = []
    for place, name in enumerate(names):
        row, column = divmod(place, columns)
        panels.append(figure.add_subplot(grid[row, 1 + column], sharey=panels[0] if panels else None))
        _draw_panel(name, found, panels[-1])
        panels[-1].set_ylabel("actions right, %" if column == 0 else "")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False)
    save_figure(figure, path)


def _draw_rows(rows: Sequence[Row], axis: "Axes") -> None:
    for place, row in enumerate(rows):
        for shift, model in ((-0.13, GRAPH), (0.13, WITHOUT)):
            if model in row.scores:
                _mark(axis, row.scores[model]["action"], place + shift, _COLOUR[model])
    axis.axvline(rows[0].scores[GRAPH]["action"].value, color=_COLOUR[GRAPH], linewidth=0.8, linestyle=":")
    axis.set_yticks(range(len(rows)), [f"{row.condition} ({row.items})" for row in rows])
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_xlabel("actions right, %")
    axis.set_xlim(left=0)
    axis.grid(axis="x", alpha=0.25)


def _mark(axis: "Axes", share: Share, place: float, colour: str) -> None:
    axis.plot([share.low, share.high], [place, place], color=colour, linewidth=1.6, alpha=0.6, solid_capstyle="butt")
    axis.plot([share.value], [place], "o", color=colour, markersize=5)


def _draw_panel(name: str, found: Report, panel: "Axes") -> None:
    whole = next(row for row in found.rows if row.condition == AS_IT_IS)
    unsure = next(row for row in found.rows if row.group == CHANGED and not row.confidence)
    lines: list[tuple[str, bool, dict[str, Any]]] = [
        (GRAPH, True, {"label": "graph", "color": _COLOUR[GRAPH], "marker": "o"}),
        (GRAPH, False, {"label": "graph, edge confidence off", "color": _UNSURE, "marker": "s", "linestyle": "--"}),
        (WITHOUT, True, {"label": "the same model without graph", "color": _COLOUR[WITHOUT], "marker": "D"}),
    ]
    for model, confidence, style in lines:
        start = whole if confidence else unsure
        rows = [start, *(row for row in found.rows if row.condition == name and row.confidence == confidence)]
        shares = [row.scores[model]["action"] for row in rows if model in row.scores]
        if not shares:
            continue
        strength = [0.0, *(row.strength for row in rows[1:])]
        panel.plot(strength, [share.value for share in shares], markersize=4, linewidth=1.6, **style)
        if confidence:
            bounds = [share.low for share in shares], [share.high for share in shares]
            panel.fill_between(strength, *bounds, color=style["color"], alpha=0.12, linewidth=0)
    panel.set(title=name)
    panel.set_xlabel(found.unit[name], fontsize=9)
    panel.set_ylim(bottom=0)
    panel.grid(alpha=0.25)

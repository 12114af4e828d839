"""Asks every model under every condition, shows how far that is, and writes the report."""

from collections.abc import Mapping
from pathlib import Path

from egograph.evaluation.competence.report import GRAPH, Report, conditions_for, report
from egograph.evaluation.competence.subject import Subject
from egograph.evaluation.competence.write import write_competence
from egograph.training.progress import bar, progress_bars


def ask(subjects: Mapping[str, Mapping[str, Subject]], draws: int, folder: Path) -> Report:
    """Ask under every condition on the first split, as they are on the others, and write the report.

    Args:
        subjects: by split, by what a model is called.
        draws: how often what is random is drawn.
        folder: gets the report.
    """
    (split, models), *others = subjects.items()
    with progress_bars() as bars:
        show = bar(bars, "competence", len(conditions_for(models[GRAPH])))
        found = report(split, models, dict(others), draws, show)
    write_competence(found, folder)
    return found

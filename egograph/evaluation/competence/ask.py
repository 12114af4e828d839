"""Asks every model under every condition, shows how far that is, and writes the report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from egograph.checkpoint import digest_of
from egograph.evaluation.competence.report import GRAPH, conditions_for, report
from egograph.evaluation.competence.subject import Subject
from egograph.evaluation.competence.write import write_competence
from egograph.training.progress import bar, progress_bars


def ask(
    subjects: Mapping[str, Mapping[str, Subject]], models: Mapping[str, Sequence[Path]], draws: int, folder: Path
) -> None:
    """Ask under every condition on the first split, as they are on the others, and write the report.

    Args:
        subjects: by split, by what a model is called.
        models: the folder of each, or of its trainings.
        draws: how often what is random is drawn.
        folder: gets the report.
    """
    (split, first), *others = subjects.items()
    with progress_bars() as bars:
        show = bar(bars, "competence", len(conditions_for(first[GRAPH])))
        found = report(split, first, dict(others), draws, show)
    found = replace(found, models={name: tuple(map(digest_of, folders)) for name, folders in models.items()})
    write_competence(found, folder)

"""Writes the report: one JSON, one table, one picture."""

import json
from pathlib import Path

from egograph.evaluation.competence.picture import draw_competence
from egograph.evaluation.competence.report import Report
from egograph.evaluation.competence.table import competence_markdown


def write_competence(found: Report, folder: Path) -> None:
    """Write `competence.json`, `competence.md` and `competence.png`."""
    (folder / "competence.json").write_text(json.dumps(found.as_json(), indent=1, allow_nan=False) + "\n")
    (folder / "competence.md").write_text(competence_markdown(found))
    draw_competence(found, folder / "competence.png")

"""The keys of the report that every evaluation has."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from egograph.data.classes import Vocabulary
from egograph.errors import EgographError
from egograph.nn.message_passing import MessagePassingConfig
from egograph.ranges import at_least


@dataclass(frozen=True, kw_only=True)
class CompetenceKeys:
    """How the relational competence report is asked for.

    Attributes:
        competence: write the relational competence report, too: competence.json, competence.md and competence.png.
        without_graph: for that report, the folder of the same model trained without graph; null leaves that one out.
        draws: for that report, how often what is random is drawn.

    Raises:
        ValueError: a value is out of its range.
    """

    competence: bool = False
    without_graph: str | None = None
    draws: int = 3

    def __post_init__(self) -> None:
        at_least(self, 1, "draws")

    def twin(self, experiment: str) -> Path | None:
        """The folder of the model without graph that the report needs; None where it needs none.

        Raises:
            EgographError: there is no such folder; `experiment` trains it.
        """
        if not self.competence or self.without_graph is None:
            return None
        folder = Path(self.without_graph)
        if not folder.is_dir():
            raise EgographError(
                f"{folder}: no model without graph to compare with; train it: egograph train experiment={experiment}; "
                "or leave it out: without_graph=null"
            )
        return folder


class _Sizes(Protocol):
    @property
    def message_passing(self) -> MessagePassingConfig: ...


def check_twin(folder: Path, twin: tuple[_Sizes, Vocabulary], model: tuple[_Sizes, Vocabulary]) -> None:
    """Check that a model is without graph, and else like the model beside it.

    Args:
        folder: where it is.
        twin: its recogniser's config, and its verbs and nouns.
        model: those of the model beside it.

    Raises:
        EgographError: it has a graph, or another size, or other classes.
    """
    mine, theirs = (vars(sizes) | vars(sizes.message_passing) for sizes, _ in (twin, model))
    if mine["layer"] != "none":
        raise EgographError(f"{folder}: a model with graph (message_passing.layer={mine['layer']}); give one without")
    other = [name for name in mine if mine[name] != theirs[name] and name not in ("layer", "message_passing")]
    if other:
        told = f"{other[0]}={mine[other[0]]}, where the model beside it has {theirs[other[0]]}"
        raise EgographError(f"{folder}: trained with {told}; train it alike")
    if twin[1] != model[1]:
        raise EgographError(f"{folder}: trained on other classes than the model; train it on the same data")

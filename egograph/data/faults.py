"""What is wrong with the rows of a dataset's files: counted by kind and told once, or raised at the first."""

from dataclasses import dataclass, field

from egograph.errors import EgographError


@dataclass
class _Kind:
    count: int
    first: str


@dataclass
class Faults:
    """The faults found while files are read.

    Attributes:
        strict: raise the first row that has to be left out.
        dropped: by kind, rows that are left out.
        noted: by kind, rows that are odd and kept.
    """

    strict: bool = True
    dropped: dict[str, _Kind] = field(default_factory=dict)
    noted: dict[str, _Kind] = field(default_factory=dict)

    def drop(self, kind: str, where: str, remedy: str = "mend or remove the row", detail: object = "") -> None:
        """Count a row that is left out; `where` names it, and `detail`, told where it is raised, says what it has.

        Raises:
            EgographError: this is strict.
        """
        if self.strict:
            told = f" ({detail})" if detail else ""
            raise EgographError(f"{where}: {kind}{told}; {remedy}")
        _count(self.dropped, kind, where)

    def note(self, kind: str, where: str) -> None:
        """Count a row that is kept."""
        _count(self.noted, kind, where)

    def summary(self) -> str:
        """All of it in one line; empty if there was nothing."""
        parts = [_told("left out", self.dropped), _told("odd but kept", self.noted)]
        return "; ".join(part for part in parts if part)


def _count(kinds: dict[str, _Kind], kind: str, where: str) -> None:
    found = kinds.setdefault(kind, _Kind(0, where))
    found.count += 1


def _told(what: str, kinds: dict[str, _Kind]) -> str:
    if not kinds:
        return ""
    total, several = sum(kind.count for kind in kinds.values()), len(kinds) > 1
    return f"{total} {what}: " + ", ".join(
        f"{f'{kind.count} × ' if several else ''}{name} (first {kind.first})" for name, kind in sorted(kinds.items())
    )

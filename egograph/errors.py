"""Faults a user can mend, each told in one line: the thing, what is wrong with it, what to do."""

from typing import Self


class EgographError(Exception):
    """A fault that is shown as its one line, without a stack trace."""


class SourceError(EgographError):
    """A video source that cannot be opened, or cannot be read to its end."""


class TruncatedSource(SourceError):
    """A video source whose decoding stopped before its end; what came before is good.

    Attributes:
        decoded: seconds of it that could be decoded.
    """

    def __init__(self, message: str, decoded: float) -> None:
        super().__init__(message)
        self.decoded = decoded

    def __reduce__(self) -> tuple[type[Self], tuple[str, float]]:  # it travels between processes
        return type(self), (str(self), self.decoded)


class UsageError(EgographError):
    """The command's words were wrong (exit code 2)."""


def first_line(fault: BaseException) -> str:
    """What a fault from elsewhere says, in one line; its kind where it says nothing."""
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]

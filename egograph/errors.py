"""Faults a user can mend, each told in one line: the thing, what is wrong with it, what to do."""


class EgographError(Exception):
    """A fault that is shown as its one line, without a stack trace."""


class SourceError(EgographError):
    """A video source that cannot be opened, or cannot be read to its end."""


class UsageError(EgographError):
    """The command's words were wrong (exit code 2)."""

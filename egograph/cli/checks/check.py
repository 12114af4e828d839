"""One thing that works on this machine or does not."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """The result of looking at one thing.

    Attributes:
        name: the thing.
        works: whether it works here.
        detail: what was found, or the fault and the way out.
        needed: whether the built-in path needs it.
    """

    name: str
    works: bool
    detail: str
    needed: bool = True


def look(name: str, find: Callable[[], str], needed: bool = True) -> Check:
    """Look at one thing.

    Args:
        name: the thing.
        find: says what is there, or raises, whatever the fault is: to find faults is what the check is for.
        needed: whether the built-in path needs it.
    """
    try:
        return Check(name, works=True, detail=find(), needed=needed)
    except Exception as fault:
        reason = " ".join(str(fault).split()) or type(fault).__name__
        return Check(name, works=False, detail=reason, needed=needed)

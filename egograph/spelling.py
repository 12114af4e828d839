"""The right word nearest to a wrong one."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, right: Iterable[str]) -> str:
    """Give "; did you mean …?" for the nearest right word, or nothing where none is near.

    Of dotted keys the last part counts too: `fps` is near `stream.fps`.
    """
    options = list(right)
    ends = {option.rpartition(".")[2]: option for option in options}
    for candidates in (options, list(ends)):
        near = get_close_matches(word if candidates is options else word.rpartition(".")[2], candidates, n=1)
        if near:
            return f"; did you mean {ends.get(near[0], near[0])}?"
    return ""

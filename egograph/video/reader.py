"""What both readers give: frames in presentation order, turned into pixels only where they are asked for."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from time import time as now
from types import TracebackType
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame of a stream before it is turned into pixels.

    Attributes:
        time: seconds from the stream's first frame.
        handle: what the reader that gave the frame knows it by.
        arrival: when it was read, seconds of `time.time()`.
    """

    time: float
    handle: object
    arrival: float = field(default_factory=now)


class Closes(ABC):
    """As a context manager, what has a `close` is closed at the end."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Reader(Protocol):
    """An open video source. It is closed by `close` or as a context manager.

    Attributes:
        live: frames come as they happen, without an end that is known.
        duration: seconds, what the container says of itself; None where it says nothing that can be relied on.
        end: seconds, where the last frame that was read stops being on display; after the last frame, the stream's end.
    """

    @property
    def live(self) -> bool: ...  # noqa: D102 - see the class

    @property
    def duration(self) -> float | None: ...  # noqa: D102

    @property
    def end(self) -> float: ...  # noqa: D102

    def frames(self) -> Iterator[Frame]:
        """All frames, once, in presentation order, their times rising from 0; each is read when it is asked for.

        Raises:
            TruncatedSource: after the last frame, if the source could not be read to its end.
            SourceError: no frame could be read.
        """
        ...

    def pixels(self, frames: Sequence[Frame]) -> NDArray[np.uint8]:
        """The pixels of some of the frames in their order: uint8 `[T, H, W, 3]`, RGB, upright, of one size.

        Raises:
            TruncatedSource: not all of them can be decoded; those before its `decoded` can.
            SourceError: none of the source can.
        """
        ...

    def close(self) -> None:
        """Let go of the source."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None: ...

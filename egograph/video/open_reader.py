"""Choose the reader of a source and open it."""

import logging
from typing import Literal

from egograph.errors import SourceError
from egograph.video.decord_reader import DecordReader, decord_fault
from egograph.video.frames_reader import FramesReader
from egograph.video.pyav_reader import PyAVReader, first_look
from egograph.video.reader import Reader
from egograph.video.source import Source
from egograph.video.stretch import SeekableReader

log = logging.getLogger(__name__)

ReaderName = Literal["auto", "decord", "pyav"]


def open_reader(source: Source, reader: ReaderName = "auto") -> Reader:
    """Open a source.

    Args:
        source: the source.
        reader: `auto` has decord decode files where its pixels are those of PyAV, and PyAV all else; `decord` has
            decord decode every file that it can; `pyav` has PyAV decode all.

    Raises:
        SourceError: the source cannot be opened, has no video, or is no file and `decord` was asked for.
    """
    if source.picture_rate is not None:
        return FramesReader(source, source.picture_rate)
    if reader == "decord" and not source.is_file:
        raise SourceError(f"{source}: decord reads files alone; choose reader=auto")
    if reader == "pyav" or not source.is_file:
        return PyAVReader(source)
    look = first_look(source)
    fault = decord_fault(source, look, exact=reader == "auto")
    if fault is None:
        return DecordReader(source, look)
    log.debug("%s: PyAV decodes it: %s", source, fault)
    return PyAVReader(source)


def open_seekable(source: Source) -> SeekableReader:
    """Open a source to read a part of it: PyAV for videos, whose pixels are those of `auto`.

    Raises:
        SourceError: the source cannot be opened, or has no video.
    """
    return PyAVReader(source) if source.picture_rate is None else FramesReader(source, source.picture_rate)

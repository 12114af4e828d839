"""Open a source with PyAV and find its video stream, or say in one line why that cannot be."""

import logging
import os
import re
from collections import Counter
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from egograph.errors import SourceError
from egograph.video.source import Source

log = logging.getLogger(__name__)

_PATIENCE = 10.0  # seconds without an answer after which a live source counts as gone


def open_container(source: Source) -> InputContainer:
    """Open a file, an address or a camera.

    Raises:
        SourceError: it cannot be opened, or is no video.
    """
    # PyAV drops FFmpeg's own lines unless it is given a level; then they reach the logger `libav`.
    av.logging.set_level(av.logging.WARNING if log.isEnabledFor(logging.DEBUG) else None)
    if source.is_file:
        _check_file(source.address)
    try:
        container = av.open(
            source.address,
            format="v4l2" if source.is_camera else None,
            options={"rtsp_transport": "tcp"} if source.address.startswith("rtsp") else {},
            timeout=None if source.is_file else _PATIENCE,
            metadata_errors="replace",  # titles in another encoding than UTF-8 are no fault of the video
        )
    except av.error.InvalidDataError:
        raise SourceError(f"{source}: not a video, or cut off before its index; give a whole video file") from None
    except (av.error.FFmpegError, OSError, ValueError) as fault:
        raise SourceError(f"{source}: cannot be opened ({reason(fault)}); check the address") from None
    if container.format.name == "tty":  # FFmpeg draws plain text as a picture
        container.close()
        raise SourceError(f"{source}: a text file; give a video file")
    return container


def video_stream(container: InputContainer, source: Source) -> VideoStream:
    """The container's main video stream; a cover picture is none.

    Raises:
        SourceError: there is none, or there is no decoder for it.
    """
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        kinds = Counter(s.type for s in container.streams if s.type != "video")
        others = ", ".join(f"{n} {kind} stream{'s' * (n > 1)}" for kind, n in sorted(kinds.items()))
        raise SourceError(f"{source}: no video stream ({others or 'no stream at all'}); give a file with video")
    best = container.streams.best("video")
    stream = next((s for s in streams if s is best), streams[0])
    if stream.codec_context is None:
        raise SourceError(f"{source}: no decoder for its kind of video; convert it to H.264")
    return stream


def stated_duration(container: InputContainer, stream: VideoStream) -> float | None:
    """Seconds of video that the container promises, or None where it does not or where it only guesses."""
    if joins_anywhere(container):
        return None
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.format.name == "matroska,webm":
        return _stated_by_matroska(container, stream)
    return None


def joins_anywhere(container: InputContainer) -> bool:
    """Whether it is of a format made to be joined, and to go on, anywhere: a broken packet is not its end."""
    return container.format.name in ("mpegts", "mpeg", "rtsp")


def reason(fault: BaseException) -> str:
    """What FFmpeg or the system says of a fault, without its number and its address."""
    return str(getattr(fault, "strerror", None) or fault).strip() or type(fault).__name__


def _stated_by_matroska(container: InputContainer, stream: VideoStream) -> float | None:
    start = float((stream.start_time or 0) * (stream.time_base or 0))
    of_stream = re.fullmatch(r"(\d+):(\d+):(\d+(?:\.\d+)?)", stream.metadata.get("DURATION", ""))
    if of_stream is not None:
        hours, minutes, seconds = of_stream.groups()
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds) - start
    if container.duration and len(container.streams) == 1:  # of several, it is that of the longest
        return container.duration / av.time_base - start
    return None


def _check_file(address: str) -> None:
    path = Path(address)
    if os.path.isdir(path):
        raise SourceError(f"{address}: no video in this folder; give a video file, or a folder that holds some")
    if not os.path.exists(path):
        raise SourceError(f"{address}: no such file; check the path")
    if not os.access(path, os.R_OK):
        raise SourceError(f"{address}: may not be read; give yourself leave to read it (chmod +r)")
    if path.is_file() and path.stat().st_size == 0:
        raise SourceError(f"{address}: an empty file; give a video file")

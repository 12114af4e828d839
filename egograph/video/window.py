"""Windows: a stream's packets cut into short whole videos in memory, each to be decoded without the others."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

LOOK_AHEAD = 16  # packets; no codec here reorders further (H.264 and HEVC hold at most 16 pictures)


@dataclass(frozen=True, eq=False)
class Window:
    """A run of whole groups of pictures.

    Attributes:
        video: an MP4 with these frames alone, counted from 0 in presentation order.
        ends: for each frame, where it stops being on display, seconds of the stream.
        before: where the stream's frame before the window stops being on display, seconds.
        offset: the stream's frames before the window.
    """

    video: bytes
    ends: tuple[float, ...]
    before: float
    offset: int

    def end_of(self, frames: int) -> float:
        """Where the first so many frames of the window stop being on display, seconds of the stream."""
        return self.ends[frames - 1] if frames else self.before


def window_length(packets: "Sequence[Packet[VideoStream]]", most: int) -> int:
    """How many of the packets, in decoding order, make the longest window of at most `most` frames; 0 if none does.

    A window begins at a key frame, and no frame from after its cut refers to one before it or is shown before it.
    The packets either reach the stream's end or go on for `LOOK_AHEAD` beyond `most`.
    """
    shown = [packet.pts for packet in packets]
    if None in shown or len(set(shown)) < len(shown):
        return 0
    if any(packet.is_discard or packet.has_sidedata("new_extradata") for packet in packets):
        return 0
    pts = np.array(shown, dtype=np.int64)
    if not packets[0].is_keyframe or pts.min() < pts[0]:
        return 0
    if len(packets) <= most:
        return len(packets)
    for cut in range(most, 0, -1):
        if packets[cut].is_keyframe and _parts_cleanly(pts, cut):
            return cut
    return 0


def remux(packets: "Sequence[Packet[VideoStream]]", stream: VideoStream) -> bytes:
    """Put packets as they are into an MP4 in memory.

    Raises:
        av.error.FFmpegError: an MP4 cannot hold them.
    """
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        track = container.add_stream_from_template(stream)
        for packet in packets:
            container.mux(_copy(packet, track))
    return file.getvalue()


def _copy(packet: "Packet[VideoStream]", track: VideoStream) -> "Packet[VideoStream]":
    """A packet of another stream with the same data; muxing rescales the times of the one it is given."""
    copy = cast("Packet[VideoStream]", Packet(bytes(packet)))
    copy.pts, copy.dts, copy.duration, copy.time_base = packet.pts, packet.dts, packet.duration, packet.time_base
    copy.is_keyframe = packet.is_keyframe
    copy.stream = track
    return copy


def _parts_cleanly(pts: NDArray[np.int64], cut: int) -> bool:
    return bool(pts[:cut].max() < pts[cut] and pts[cut:].min() == pts[cut])

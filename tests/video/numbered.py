"""Small videos whose every frame shows its number."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

BITS = 12
_FAST = {"libx264": {"preset": "ultrafast"}, "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"}}
ROWS, COLUMNS = 3, 4


def numbered_frame(number: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """uint8 `[H, W, 3]`: the number's 12 bits as a grid of dark and bright fields."""
    bits = (number >> np.arange(BITS)) & 1
    row, column = np.mgrid[:height, :width]
    field = (row * ROWS // height) * COLUMNS + column * COLUMNS // width
    grey = np.where(bits == 1, 220, 30)[field]
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


def number_of(frame: NDArray[np.uint8]) -> int:
    """The number that a frame shows."""
    height, width, _ = frame.shape
    centre_y = (2 * np.arange(ROWS) + 1) * height // (2 * ROWS)
    centre_x = (2 * np.arange(COLUMNS) + 1) * width // (2 * COLUMNS)
    bits = frame[np.ix_(centre_y, centre_x)].mean(axis=2).ravel() > 128
    return int((bits << np.arange(BITS)).sum())


def write_numbered(
    path: Path,
    times: Sequence[Fraction | float],
    *,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    format: str | None = None,
    time_base: Fraction = Fraction(1, 90000),
    noise: int = 0,
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    rotation: tuple[float, bool, bool] | None = None,
    title: str | None = None,
) -> Path:
    """Write a video whose frame n is shown at `times[n]` seconds; the last is shown as long as the one before it.

    Args:
        noise: grey levels by which each pixel may differ, so that the video is not all index; at most 30.
        rotation: of the display matrix: degrees counterclockwise, then whether to flip left-right and top-bottom.
        title: in the container's metadata.
    """
    width, height = size
    with av.open(path, "w", format=format, container_options=container_options or {}) as container:
        stream = container.add_stream(codec, options=options or _FAST.get(codec, {}))
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = time_base
        if title is not None:
            container.metadata["title"] = title
        if rotation is not None:
            degrees, left_right, top_bottom = rotation
            stream.set_display_rotation(degrees, hflip=left_right, vflip=top_bottom)

        def mux(packets: Sequence[av.Packet]) -> None:
            for packet in packets:
                packet.duration = until[packet.pts] - packet.pts  # encoders take it from a rate that there is not
                container.mux(packet)

        shown = [round(time / time_base) for time in times]
        after = [*shown[1:], 2 * shown[-1] - shown[-2] if len(shown) > 1 else shown[-1] + 1]
        until = dict(zip(shown, after, strict=True))
        for number, pts in enumerate(shown):
            grain = np.random.default_rng(number).integers(-noise, noise + 1, (height, width, 3))
            picture = (numbered_frame(number, width, height) + grain).astype(np.uint8)
            frame = VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = pts, time_base
            mux(stream.encode(frame))
        mux(stream.encode(None))
    return path


def write_looped(path: Path, source: Path, times: int) -> Path:
    """Write a video that shows another over and over, without encoding it again."""
    with av.open(path, "w") as container:
        with av.open(source) as first:
            stream = container.add_stream_from_template(first.streams.video[0])
        offset = 0
        for _ in range(times):
            end = offset
            with av.open(source) as again:
                for packet in again.demux(video=0):
                    if packet.size:
                        packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                        end = max(end, packet.pts + packet.duration)
                        packet.stream = stream
                        container.mux(packet)
            offset = end
    return path


def steady(count: int, fps: Fraction | int, start: float = 0.0) -> list[Fraction]:
    """The times of so many frames at a steady rate."""
    return [Fraction(start) + number / Fraction(fps) for number in range(count)]

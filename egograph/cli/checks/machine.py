"""The machine and its packages: Python, torch, Triton, codecs, decord, Ray, zarr, display, the output folder."""

import importlib.metadata
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from egograph.cli.checks.check import Check, look

_DECODERS = ("h264", "hevc", "vp9", "libdav1d")
_ENCODER = "libx264"


def machine_checks(output: Path) -> Iterator[Check]:
    """Look at everything that is installed, and at the folder that results go under."""
    yield look("python", _python)
    yield look("torch", _torch)
    yield look("triton", _triton, needed=False)
    yield look("codecs", _codecs)
    yield look("decord", _decord, needed=False)
    yield look("ray", _ray, needed=False)
    yield look("zarr", _zarr)
    yield look("display", _display, needed=False)
    yield look("output", lambda: _writable(output))


def _python() -> str:
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def _torch() -> str:
    import torch

    from egograph.encoders.precision import native_bf16

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    what = torch.cuda.get_device_name() if device.type == "cuda" else f"cpu, {torch.get_num_threads()} threads"
    return (
        f"{torch.__version__}, {what}, bf16 {'in hardware' if native_bf16(device) else 'not in hardware: fp32 it is'}"
    )


def _triton() -> str:
    import torch
    import triton

    if triton.knobs.runtime.interpret:
        return f"{triton.__version__}, under its interpreter"
    if torch.cuda.is_available():
        return f"{triton.__version__}, compiles for {torch.cuda.get_device_name()}"
    return f"{triton.__version__}, no GPU: the ops take their CPU forms"


def _codecs() -> str:
    import av

    lacking = [name for name in _DECODERS if not _has(name, "r")] + [
        name for name in (_ENCODER,) if not _has(name, "w")
    ]
    if lacking:
        raise RuntimeError(f"PyAV {av.__version__} lacks {', '.join(lacking)}; install PyAV's own wheel")
    return f"PyAV {av.__version__}: reads {', '.join(_DECODERS)}; writes {_ENCODER}"


def _has(codec: str, mode: Literal["r", "w"]) -> bool:
    import av

    try:
        av.codec.Codec(codec, mode)
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def _decord() -> str:
    import decord

    return f"{decord.__version__}, reads seekable files"


def _ray() -> str:
    return f"{importlib.metadata.version('ray')}, for egograph stream"


def _zarr() -> str:
    import zarr

    return str(zarr.__version__)


def _display() -> str:
    from egograph.streaming.window import can_open

    if not can_open():
        raise RuntimeError("none: egograph webcam serves a page instead of opening a window")
    return "egograph webcam opens a window"


def _writable(folder: Path) -> str:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        tempfile.TemporaryFile(dir=existing).close()
    except OSError as fault:
        raise RuntimeError(f"{folder}: cannot be written ({fault.strerror}); give another output=DIR") from None
    return f"{folder.absolute()} can be written"

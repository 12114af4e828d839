"""The folder name of a stream's group: any stream name becomes one plain path part, and no two the same."""

import hashlib
import re

_LONGEST = 200  # bytes; file systems take 255, and the writer adds a suffix
_PLAIN = re.compile(r"[^\w. ()+,=@-]")


def group_name(stream: str) -> str:
    """Escape what a path part cannot hold, as in URLs: `kitchen/left` becomes `kitchen%2Fleft`."""
    name = _PLAIN.sub(_escape, stream)
    if not name or name.startswith((".", "__")) or name in ("zarr.json", "c"):
        name = "%" + name
    if len(name.encode()) > _LONGEST:
        kept = name.encode()[: _LONGEST - 20].decode(errors="ignore")
        name = f"{kept}%{hashlib.sha256(stream.encode()).hexdigest()[:16]}"
    return name


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode())

"""A Ray session: on the cluster that the environment names, else on this machine alone."""

import logging
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from egograph.errors import EgographError, first_line


@contextmanager
def ray_session() -> Iterator[None]:
    """Connect to Ray, and let go of it at the end if the connection was made here.

    `RAY_ADDRESS`, which `ray job submit` sets, names a running cluster. Without it Ray is started on this machine,
    without dashboard and usage reports, on loopback addresses alone, and is stopped at the end.

    Raises:
        EgographError: the cluster cannot be reached, or Ray cannot be started.
    """
    address = os.environ.get("RAY_ADDRESS")
    if not address:
        keep_ray_local()
    import ray

    if ray.is_initialized():
        yield
        return
    logging.getLogger("ray").setLevel(logging.ERROR)
    options: dict[str, Any] = {} if address else {"include_dashboard": False}
    try:
        _knock(address)
        ray.init(address=address or "local", configure_logging=False, log_to_driver=False, **options)
    except (OSError, RuntimeError, ValueError) as fault:
        raise EgographError(_refusal(address, fault)) from None
    try:
        yield
    finally:
        ray.shutdown()


def keep_ray_local() -> None:
    """Tell Ray, by the environment that it reads when it is imported, to keep to this machine.

    What is set there already stays. After Ray was imported, nothing can be told any more.
    """
    if "ray" in sys.modules:
        return
    settings = {
        "RAY_USAGE_STATS_ENABLED": "0",
        # Whatever its name says, this decides on every system whether Ray takes a network address or the loopback's.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        # Else Ray keeps a token in the home folder, which then every `ray start` demands from whoever submits a job.
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
    }
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def _knock(address: str | None) -> None:
    """Raise OSError if nobody listens at `host:port`: Ray itself would try for minutes."""
    host, _, port = (address or "").rpartition(":")
    if host and port.isdecimal() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=10).close()


def _refusal(address: str | None, fault: Exception) -> str:
    reason = first_line(fault)
    if address:
        return f"RAY_ADDRESS={address}: {reason}; check the address, or unset it"
    return f"Ray: cannot be started on this machine: {reason}; free memory and /tmp, or set RAY_ADDRESS"

"""A Ray session: on the cluster that the environment names, else on this machine alone."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from egograph.errors import EgographError


@contextmanager
def ray_session() -> Iterator[None]:
    """Connect to Ray, and let go of it at the end if the connection was made here.

    `RAY_ADDRESS`, which `ray job submit` sets, names a running cluster. Without it Ray is started on this machine, without
    dashboard and usage reports, on loopback addresses alone, and is stopped at the end.

    Raises:
        EgographError: the cluster cannot be reached.
    """
    address = os.environ.get("RAY_ADDRESS")
    if not address:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        # Whatever its name says, this decides on every system whether Ray takes a network address or the loopback's;
        # Ray reads it when it is imported.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    import ray

    if ray.is_initialized():
        yield
        return
    try:
        ray.init(address=address or "local", logging_level=logging.ERROR, log_to_driver=False, **_local(address))
    except (ConnectionError, RuntimeError, ValueError) as fault:
        raise EgographError(f"RAY_ADDRESS={address}: {_first_line(fault)}; check the address, or unset it") from None
    try:
        yield
    finally:
        ray.shutdown()


def _local(address: str | None) -> dict[str, bool]:
    return {} if address else {"include_dashboard": False}


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]

"""How the C library deals with memory that is freed."""

import ctypes
import platform

# Of glibc's malloc.h. The threshold is the highest that it takes.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_NEVER, _LARGEST = 2**31 - 1, 32 * 2**20


def keep_freed_memory() -> bool:
    """Keep what is freed for what is allocated next, in this process; gives whether that can be had here.

    glibc hands large blocks back to the system at once. A loop that makes the same tensors again and again then spends
    a tenth of its time on page faults.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(_MMAP_THRESHOLD, _LARGEST)) and bool(mallopt(_TRIM_THRESHOLD, _NEVER))

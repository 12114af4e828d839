"""What the C library does with freed memory."""

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from egograph.memory import keep_freed_memory

if sys.argv[1] == "kept":
    assert keep_freed_memory()

def step():
    return np.ones(8 * 2**20, dtype=np.uint8).sum()

step()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this C library is not glibc")
def test_what_a_step_frees_the_next_one_takes() -> None:
    pages = 20 * 8 * 2**20 // 4096  # of all steps together
    faults = {}
    for way in ("kept", "handed back"):
        command = [sys.executable, "-c", FAULTS, way]
        faults[way] = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert faults["kept"] < pages / 20
    assert faults["kept"] < faults["handed back"]

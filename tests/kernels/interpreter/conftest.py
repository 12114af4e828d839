"""Triton kernels run in Python here: `pytest tests/kernels/interpreter`, in a process of its own."""

import os
import sys

if "triton" not in sys.modules:
    os.environ["TRITON_INTERPRET"] = "1"  # read when triton is imported, never after

"""Triton kernels are compiled here: `pytest tests/kernels/compile`, in a process of its own."""

import os

os.environ.setdefault("TRITON_DEFAULT_FP_FUSION", "1")  # unset, triton 3.9 warns of its coming default

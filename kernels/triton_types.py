"""Torch's types as Triton's."""

import torch
import triton
import triton.language as tl

_TYPES = {
    torch.float64: tl.float64,
    torch.float32: tl.float32,
    torch.float16: tl.float16,
    torch.bfloat16: tl.bfloat16,
}


def tl_type(dtype: torch.dtype) -> tl.dtype:
    """The same type."""
    return _TYPES[dtype]


def dot_type(dtype: torch.dtype) -> tl.dtype:
    """The type that a matrix product takes its operands in.

    Triton's interpreter multiplies bfloat16 wrongly without a word (3.6, 3.9), so it gets float32.
    """
    return tl.float32 if triton.knobs.runtime.interpret and dtype == torch.bfloat16 else _TYPES[dtype]


def dot_precision(dtype: torch.dtype) -> str:
    """How a matrix product of float32 is made: of three in TF32, which keeps its precision on tensor cores."""
    return "tf32x3" if dtype == torch.float32 else "ieee"

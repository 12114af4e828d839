"""The type that sums are kept in."""

import torch
from torch import Tensor


def working_type(tensor: Tensor) -> torch.dtype:
    """float64 for float64, else float32."""
    return torch.float64 if tensor.dtype == torch.float64 else torch.float32

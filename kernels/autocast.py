"""Autocast for this package's ops: the tensors that profit are cast, and an op's insides are left alone."""

from typing import Any

import torch
from torch import Tensor
from torch.library import Library

_library = Library("egograph", "FRAGMENT")


def register_autocast(name: str, cast: int) -> None:
    """Makes an op run outside autocast, with its first arguments in autocast's type.

    `torch.library.register_autocast` casts every floating tensor to one fixed type; a bias or a confidence
    would lose its precision for nothing.

    Args:
        name: an op of the namespace `egograph`, registered before.
        cast: how many leading tensor arguments take autocast's type (float64 stays).
    """
    for device in ("cpu", "cuda"):
        _library.impl(name, _rule(name, device, cast), f"Autocast{device.upper()}")


def _rule(name: str, device: str, cast: int) -> Any:
    op = getattr(torch.ops.egograph, name)

    def run(*args: Any) -> Any:
        dtype = torch.get_autocast_dtype(device)
        with torch.autocast(device, enabled=False):
            return op(*(_cast(arg, dtype) for arg in args[:cast]), *args[cast:])

    return run


def _cast(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor if tensor.dtype == torch.float64 else tensor.to(dtype)

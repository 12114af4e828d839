"""The node offsets of a batch of graphs."""

from collections.abc import Sequence

import torch
from torch import Tensor


def check_ptr_shape(ptr: Tensor) -> None:
    """Raises ValueError unless `ptr` is of integers `[G + 1]`."""
    if ptr.ndim != 1 or ptr.numel() == 0 or ptr.is_floating_point():
        raise ValueError(f"ptr: {ptr.dtype} {list(ptr.shape)}; give the node offsets [G + 1] of G graphs, integers")


def check_ptr(ptr: Tensor, num_nodes: int) -> None:
    """Raises ValueError unless `ptr` `[G + 1]` rises from 0 to `num_nodes`; on CUDA this waits for the device."""
    check_facts(ptr_facts(ptr).tolist(), num_nodes)


def ptr_facts(ptr: Tensor) -> Tensor:
    """Where `ptr` starts, where it ends, whether it falls anywhere: int64 `[3]`."""
    return torch.stack([ptr[0].long(), ptr[-1].long(), (ptr.diff() < 0).any().long()])


def check_facts(facts: Sequence[int], num_nodes: int) -> None:
    """Raises ValueError where what `ptr_facts` gave is wrong."""
    start, end, falls = facts
    if start != 0 or end != num_nodes or falls:
        how = "falls somewhere" if falls else f"runs from {start} to {end}"
        raise ValueError(f"ptr: {how}; give the node offsets of all graphs, rising from 0 to {num_nodes} nodes")

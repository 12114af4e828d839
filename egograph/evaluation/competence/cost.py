"""What a model costs: weights, and products of an item."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from egograph.nn.message_passing import MessagePassing


@dataclass(frozen=True)
class Cost:
    """What a model costs.

    Attributes:
        parameters: of what comes after the nodes.
        products: multiply-adds of an item, of what comes after the nodes, edge inference left out.
        attended: of these, the share that the edges make.
    """

    parameters: int
    products: int
    attended: float


def cost_of(model: nn.Module, passing: MessagePassing, run: Callable[[], Any], items: int) -> Cost:
    """Count while `run` asks for so many items, one at a time, so that nothing is padded.

    What is counted is matrix products, and two products a channel for each edge of each layer.
    """
    edges = 0

    def count(_: nn.Module, arguments: tuple[Any, ...]) -> None:
        nonlocal edges
        edges += arguments[1].edge_index.shape[1]

    hook = passing.register_forward_pre_hook(count)
    try:
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            run()
    finally:
        hook.remove()
    per_edge = 2 * passing.norm.weight.numel() * len(passing.layers)
    attended = 0 if passing.name == "none" else edges * per_edge
    products = (counter.get_total_flops() - _within_attention(counter)) // 2 + attended
    parameters = sum(weight.numel() for weight in model.parameters())
    return Cost(parameters, products // items, attended / products)


def _within_attention(counter: FlopCounterMode) -> int:
    """What was counted between queries, keys and values: on small graphs the CPU multiplies all pairs at once."""
    layers = (ops for name, ops in counter.get_flop_counts().items() if re.search(r"\.layers\.\d+\.attend$", name))
    return sum(ops.get(op, 0) for ops in layers for op in (torch.ops.aten.bmm, torch.ops.aten.baddbmm))

"""How this package's ops are registered with torch.

`torch.library.custom_op` does the same with fewer words, and 30 µs slower forward, 100 µs with the backward (on a slow
core, ten arguments): its autograd wrapper walks the schema once for each argument. Small graphs are bound by that.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.library import Library, infer_schema, register_fake

_library = Library("egograph", "FRAGMENT")

Outputs = Tensor | tuple[Tensor, ...]


def register_op(
    function: Callable[..., Any], fake: Callable[..., Any], cast: int = 0
) -> "torch._ops.OpOverload[..., Any]":
    """Registers `function` as the op `egograph::<its name>`, for tensors on any device.

    The op runs outside autocast, with its first arguments in autocast's type: `torch.library.register_autocast` would
    cast every floating tensor, and a bias or a confidence would lose its precision for nothing.

    Args:
        function: what the op does; its annotations are the schema. It neither changes nor returns its arguments.
        fake: the shapes and types of what it returns.
        cast: how many leading tensor arguments take autocast's type (float64 stays).
    """
    name = function.__name__
    _library.define(name + infer_schema(function, mutates_args=()), tags=(torch.Tag.pt2_compliant_tag,))
    _library.impl(name, function, "CompositeExplicitAutograd")
    register_fake(f"egograph::{name}", fake, lib=_library)
    op: torch._ops.OpOverload[..., Any] = getattr(torch.ops.egograph, name).default
    for device in ("cpu", "cuda"):
        _library.impl(name, _autocast_rule(op, device, cast), f"Autocast{device.upper()}")
    return op


def register_backward(
    op: "torch._ops.OpOverload[..., Any]",
    setup_context: Callable[[Any, tuple[Any, ...], Any], None],
    backward: Callable[..., Any],
) -> None:
    """Makes an op differentiable, once: a second derivative raises.

    Args:
        op: what `register_op` gave.
        setup_context: keeps on its first argument what the backward needs of the op's inputs and outputs.
        backward: as that of `torch.autograd.Function`.
    """

    def forward(ctx: Any, *args: Any) -> Any:
        with torch._C._AutoDispatchBelowAutograd():
            outputs = op(*args)
        setup_context(ctx, args, outputs)
        return outputs

    methods = {"forward": staticmethod(forward), "backward": staticmethod(once_differentiable(backward))}
    apply = type(op._opname, (torch.autograd.Function,), methods).apply  # type: ignore[attr-defined]

    def differentiate(*args: Any) -> Any:
        if torch.is_grad_enabled() and any(isinstance(x, Tensor) and x.requires_grad for x in args):
            return apply(*args)
        with torch._C._AutoDispatchBelowAutograd():
            return op(*args)

    _library.impl(op._opname, differentiate, "Autograd")


def _autocast_rule(op: "torch._ops.OpOverload[..., Any]", device: str, cast: int) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        dtype = torch.get_autocast_dtype(device)
        with torch.autocast(device, enabled=False):
            return op(*(_cast(arg, dtype) for arg in args[:cast]), *args[cast:])

    return run


def _cast(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor if tensor.dtype == torch.float64 else tensor.to(dtype)

"""How this package's ops are registered with torch.

`torch.library.custom_op` does the same with fewer words, but its autograd wrapper walks the whole schema once for each
argument. On small graphs that takes as long as the attention itself.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.library import Library, infer_schema, register_fake

_library = Library("egograph", "FRAGMENT")


class Derivative(NamedTuple):
    """How an op is differentiated: by its first output; the others are no functions of the inputs to torch.

    Attributes:
        setup_context: keeps on its first argument what the backward needs of the op's inputs and outputs.
        backward: gives a gradient or None for each input, from the context and the gradient of the first output.
    """

    setup_context: Callable[[Any, tuple[Any, ...], Any], None]
    backward: Callable[[Any, Tensor], tuple[Tensor | None, ...]]


def register_op(
    name: str,
    function: Callable[..., Any],
    fake: Callable[..., Any],
    derivative: Derivative | None = None,
    cast: int = 0,
) -> "torch._ops.OpOverload[..., Any]":
    """Registers `function` as the op `egograph::name`, for tensors on any device.

    The op runs outside autocast, with its first arguments in autocast's type: `torch.library.register_autocast` would
    cast every floating tensor, and a bias or a confidence would lose its precision for nothing.

    Args:
        name: of the op.
        function: what the op does; its annotations are the schema. It neither changes nor returns its arguments.
        fake: the shapes and types of what it returns.
        derivative: how it is differentiated; without, differentiating it raises.
        cast: how many leading tensor arguments take autocast's type (float64 stays).
    """
    _library.define(name + infer_schema(function, mutates_args=()), tags=(torch.Tag.pt2_compliant_tag,))
    _library.impl(name, function, "CompositeExplicitAutograd")
    register_fake(f"egograph::{name}", fake, lib=_library)
    op: torch._ops.OpOverload[..., Any] = getattr(torch.ops.egograph, name).default
    _library.impl(name, _autograd_rule(op, derivative), "Autograd")
    for device in ("cpu", "cuda"):
        _library.impl(name, _autocast_rule(op, device, cast), f"Autocast{device.upper()}")
    return op


def _autograd_rule(op: "torch._ops.OpOverload[..., Any]", derivative: Derivative | None) -> Callable[..., Any]:
    class Rule(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *args: Any) -> Any:
            with torch._C._AutoDispatchBelowAutograd():
                outputs = op(*args)
            ctx.num_inputs = len(args)
            ctx.set_materialize_grads(False)
            if derivative is not None:
                derivative.setup_context(ctx, args, outputs)
                if isinstance(outputs, tuple):
                    ctx.mark_non_differentiable(*outputs[1:])
            return outputs

        @staticmethod
        def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
            if derivative is None:
                raise RuntimeError(f"{op.name()} has no derivative: only first derivatives are defined")
            return (None,) * ctx.num_inputs if grads[0] is None else derivative.backward(ctx, grads[0])

    named: Any = type(op._opname, (Rule,), {})  # a gradient's node is called after its op

    def run(*args: Any) -> Any:
        backward = torch.is_grad_enabled() and any(isinstance(x, Tensor) and x.requires_grad for x in args)
        if backward or forward_ad._current_level >= 0:  # of the forward mode, torch then says that there is none
            return named.apply(*args)
        with torch._C._AutoDispatchBelowAutograd():
            return op(*args)

    return run


def _autocast_rule(op: "torch._ops.OpOverload[..., Any]", device: str, cast: int) -> Callable[..., Any]:
    def run(*args: Any) -> Any:
        dtype = torch.get_autocast_dtype(device)
        with torch.autocast(device, enabled=False):
            return op(*(_cast(arg, dtype) for arg in args[:cast]), *args[cast:])

    return run


def _cast(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor if tensor.dtype == torch.float64 else tensor.to(dtype)

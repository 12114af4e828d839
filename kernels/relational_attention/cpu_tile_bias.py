"""What the edges of small graphs add to the scores, on the CPU. Differentiable."""

import math

import torch
from torch import Tensor

from egograph.kernels.tile_edges import NO_EDGE, no_edge_mask
from egograph.kernels.working_type import working_type

_LOWEST = NO_EDGE / 10
SMALL = 2**18  # elements of a tensor that stays in the cache: 1 MB in float32


def edge_bias(code: Tensor, mask: Tensor | None, relation_bias: Tensor | None, confidence: Tensor | None) -> Tensor:
    """What is added to the scores, `[H or 1, G, P, P]`: far below them where there is no edge.

    Args:
        code: int8 `[G, P, P]`, 0 without an edge, else 1 + its relation.
        mask: `[G, P, P]`, what `code` alone adds, if that was worked out before.
        relation_bias: `[R, H]`.
        confidence: `[G, P, P]`.
    """
    if relation_bias is None:
        bias = (no_edge_mask(code) if mask is None else mask)[None]
    else:
        bias_of = relation_bias.to(working_type(relation_bias)).t()
        banned = bias_of == -math.inf  # the relation's edges do not exist; a bias that is just very low loses to none
        table = torch.nn.functional.pad(bias_of.clamp(min=_LOWEST).masked_fill(banned, NO_EDGE), (1, 0), value=NO_EDGE)
        bias = table.index_select(1, code.flatten().int()).view(-1, *code.shape)
    if confidence is None:
        return bias
    exists = confidence > 0
    sure = torch.where(exists, confidence, 1).to(working_type(confidence))  # the gradient of log 0 is NaN, even unused
    return bias + torch.where(exists, sure.log(), NO_EDGE)


def has_edge(bias: Tensor) -> Tensor:
    """Whether each node has an incoming edge, bool `[H or 1, G, P, 1]`, by the `bias` `[H or 1, G, P, P]`."""
    return bias.detach().amax(dim=-1, keepdim=True) > NO_EDGE / 2

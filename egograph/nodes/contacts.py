"""Contacts once a hand or an object is gone: nothing touches what is not there."""

import torch
from torch import Tensor

from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND


def lasting_contacts(kind: Tensor, frame: Tensor, contact: Tensor, before: Tensor, after: Tensor) -> Tensor:
    """The contacts `[G, N, 2]` that are left when of the nodes that were there only some still are.

    An object loses the contact of a hand that is gone; a hand touches something by as much as it touched the objects of
    its frame that stay, of all that it touched.

    Args:
        kind: int64 `[G, N]`.
        frame: int64 `[G, N]`.
        contact: `[G, N, 2]`, as in `Nodes`.
        before: bool `[G, N]`, what was there.
        after: bool `[G, N]`, what is there now.
    """
    together = frame[:, :, None] == frame[:, None]
    columns = []
    for side in (LEFT_HAND, RIGHT_HAND):
        column = contact[..., side]
        hand_here = (together & (after & (kind == side))[:, None]).any(2)
        touched = torch.where(kind == OBJECT, column, 0.0)[:, None] * together
        was, stays = ((touched * there[:, None]).sum(2) for there in (before, after))
        share = torch.where(was > 0, stays / was.clamp(min=torch.finfo(was.dtype).tiny), 1.0)
        columns.append(
            torch.where(kind == OBJECT, column * hand_here, torch.where(kind == side, column * share, column))
        )
    return torch.stack(columns, dim=-1)

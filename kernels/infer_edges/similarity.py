"""Which nodes of other frames look most like a node."""

import torch
from torch import Tensor
from torch.nn.functional import normalize, pad

from egograph.kernels.infer_edges.relations import NodeKind
from egograph.kernels.infer_edges.rules import EdgeRules
from egograph.kernels.infer_edges.tile import Tile


def similar_pairs(
    tile: Tile, kind: Tensor, track: Tensor, feature: Tensor, frame: Tensor, score: Tensor, rules: EdgeRules
) -> Tensor:
    """For each hand or object the k most similar senders: hands and objects of other frames and tracks.

    Of equal cosines the earlier node's is taken.

    Returns:
        Pairs of `tile`, int64 `[S]`, in no order.
    """
    everyone = torch.ones_like(kind, dtype=torch.bool)
    compared = (kind != NodeKind.SCENE.value) & (score > 0)
    unit = normalize(feature, dim=-1) * compared[:, None]  # a node that is not compared is like nothing
    unit = torch.nn.functional.embedding(tile.node, pad(unit, (0, 0, 0, 1)))  # [G, P, D]
    cosine = unit @ unit.mT
    at, of = tile.key(frame, everyone), tile.key(track, track >= 0)
    same = (at[:, :, None] == at[:, None, :]).logical_or_(of[:, :, None] == of[:, None, :])
    cosine.masked_fill_(same, -1)

    slots = tile.node.shape[1]
    row = torch.arange(tile.node.numel(), device=feature.device).view_as(tile.node)
    found = []
    for _ in range(min(rules.k, slots)):
        best, sender = cosine.max(dim=-1)
        kept = (best > 0) & (best >= rules.similarity_threshold)
        found.append((row * slots + sender)[kept])
        cosine.scatter_(-1, sender[..., None], -1)
    return torch.cat(found) if found else row.new_zeros(0)

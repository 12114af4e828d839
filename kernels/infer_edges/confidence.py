"""How sure each edge is, differentiable by what says so: contact, score and feature."""

import torch
from torch import Tensor
from torch.nn.functional import embedding, normalize

from egograph.kernels.infer_edges.relations import NodeKind, Relation


def edge_confidence(
    edge_index: Tensor,
    relation: Tensor,
    closeness: Tensor,
    kind: Tensor,
    feature: Tensor,
    contact: Tensor,
    score: Tensor,
) -> Tensor:
    """The confidence `[E]` of selected edges; closeness `[E]` is that of overlap and proximity."""
    sender, receiver = edge_index
    sender_kind, receiver_kind = kind[sender], kind[receiver]
    thing = torch.where(sender_kind == NodeKind.OBJECT.value, sender, receiver)
    side = torch.minimum(sender_kind, receiver_kind).clamp(max=1)
    touch = contact.to(closeness.dtype)[thing, side]
    given, taken = score.to(closeness.dtype)[sender], score.to(closeness.dtype)[receiver]
    part = torch.where(sender_kind == NodeKind.SCENE.value, taken, given)

    confidence = torch.where(relation == Relation.CONTACT.value, touch, closeness)
    confidence = torch.where(relation == Relation.SCENE.value, part, confidence)
    tracked = (relation == Relation.TRACK_BEFORE.value) | (relation == Relation.TRACK_AFTER.value)
    confidence = torch.where(tracked, torch.minimum(given, taken), confidence)
    alike = (relation == Relation.SIMILARITY.value).nonzero().squeeze(1)
    cosine = _cosine(feature.to(closeness.dtype), sender[alike], receiver[alike])
    return confidence.index_put((alike,), cosine)


def _cosine(feature: Tensor, sender: Tensor, receiver: Tensor) -> Tensor:
    unit = normalize(feature, dim=-1)
    # embedding gathers rows as indexing does, and its gradient is summed in a fixed order on every device
    cosine = (embedding(sender, unit) * embedding(receiver, unit)).sum(-1)
    return cosine.clamp(min=torch.finfo(cosine.dtype).tiny, max=1)

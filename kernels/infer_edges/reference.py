"""The rules of edge inference written out, a pair at a time: any precision, gradients by autograd."""

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from egograph.kernels.infer_edges.relations import NodeKind, Relation
from egograph.kernels.infer_edges.rules import EdgeRules


def infer_edges_reference(
    box: Tensor,
    kind: Tensor,
    track: Tensor,
    feature: Tensor,
    frame: Tensor,
    ptr: Tensor,
    contact: Tensor,
    score: Tensor,
    rules: EdgeRules,
) -> tuple[Tensor, Tensor, Tensor]:
    """What `egograph.ops.infer_edges` gives: edge_index `[2, E]`, relation `[E]`, confidence `[E]`."""

    def in_frame(i: int, j: int) -> tuple[Relation, Tensor] | None:
        scenes = [n for n in (i, j) if kind[n] == NodeKind.SCENE]
        if scenes:
            return (Relation.SCENE, score[i + j - scenes[0]]) if len(scenes) == 1 else None
        hand, thing = (i, j) if kind[i] < kind[j] else (j, i)
        if kind[hand] != NodeKind.OBJECT and kind[thing] == NodeKind.OBJECT:
            touch = contact[thing, kind[hand]]
            if touch > 0 and touch >= rules.contact_threshold:
                return Relation.CONTACT, touch
        top, bottom = torch.maximum(box[i, :2], box[j, :2]), torch.minimum(box[i, 2:], box[j, 2:])
        shared = (bottom - top).clamp(min=0).prod()
        smaller = min((box[n, 2:] - box[n, :2]).clamp(min=0).prod() for n in (i, j))
        if shared > 0 and shared / smaller >= rules.overlap_threshold:
            return Relation.OVERLAP, (shared / smaller).clamp(max=1)
        near = (-(top - bottom).clamp(min=0).norm() / rules.proximity_scale).exp()
        return (Relation.PROXIMITY, near) if near > 0 and near >= rules.proximity_threshold else None

    def over_time(i: int, j: int) -> tuple[Relation, Tensor] | None:
        if frame[i] == frame[j]:
            return None
        if track[i] == track[j] >= 0:
            relation = Relation.TRACK_BEFORE if frame[j] < frame[i] else Relation.TRACK_AFTER
            return relation, torch.minimum(score[i], score[j])
        cosine = cosine_similarity(feature[i], feature[j], dim=0).clamp(max=1)
        similar = NodeKind.SCENE not in (kind[i], kind[j]) and cosine > 0
        return (Relation.SIMILARITY, cosine) if similar and cosine >= rules.similarity_threshold else None

    edges = []
    for first, stop in zip(ptr[:-1].tolist(), ptr[1:].tolist(), strict=True):
        present = [n for n in range(first, stop) if score[n] > 0]
        for i in present:
            found = {j: in_frame(i, j) if frame[i] == frame[j] >= 0 else over_time(i, j) for j in present if j != i}
            alike = {j: e[1] for j, e in found.items() if e is not None and e[0] == Relation.SIMILARITY}
            kept = sorted(alike, key=lambda j: -alike[j].item())[: rules.k]
            edges += [(j, i, *e) for j, e in found.items() if e is not None and (j in kept or j not in alike)]
    if not edges:
        return ptr.new_zeros(2, 0), ptr.new_zeros(0), box.new_zeros(0)
    sender, receiver, relation, confidence = zip(*edges, strict=True)
    return ptr.new_tensor([sender, receiver]), ptr.new_tensor(relation), torch.stack(confidence)

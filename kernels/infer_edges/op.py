"""Edge inference as a torch op: CUDA tensors take the Triton form, CPU tensors the one of pair lists.

Which edges there are is chosen without gradient; how sure each is, is read from the inputs with gradient.
"""

from typing import Any

import torch
from torch import Tensor

from egograph.kernels.infer_edges import cpu
from egograph.kernels.infer_edges.confidence import edge_confidence
from egograph.kernels.infer_edges.rules import DEFAULT_RULES, EdgeRules
from egograph.kernels.node_table import NodeTable
from egograph.kernels.ptr import check_ptr, check_ptr_shape
from egograph.kernels.register import register_op


def infer_edges(
    box: Tensor,
    kind: Tensor,
    track: Tensor,
    feature: Tensor,
    frame: Tensor,
    ptr: Tensor,
    contact: Tensor,
    score: Tensor,
    rules: EdgeRules = DEFAULT_RULES,
) -> tuple[Tensor, Tensor, Tensor]:
    """The edges of a batch of node tables, each with its relation and how sure it is.

    Edges run within one graph, at most one for each ordered pair of different nodes. A node of score 0 is
    absent. Two nodes of one frame (memory, frame -1, is no frame here) get the first that holds, both ways:

    - scene: one of them is a scene; as sure as the other's score. Two scenes get none.
    - contact: a hand and an object whose contact with that hand is at least contact_threshold; as sure as it.
    - overlap: what they share is at least overlap_threshold of the smaller box; as sure as that share.
    - proximity: exp(-gap / proximity_scale) is at least proximity_threshold; as sure as that. The gap is the
      euclidean distance between the boxes' borders, in the box's units.

    Two nodes of different frames (memory is earlier than all):

    - track_before, track_after: on one track; the sender is earlier, or later. As sure as the lower score.
    - similarity: a hand or object receives from the k hands or objects of highest cosine that are not on its
      track, as sure as the cosine, where that is at least similarity_threshold.

    The confidence is differentiable by contact, score and feature; boxes get no gradient.

    Args:
        box: `[N, 4]`, xyxy in 0 … 1.
        kind: int64 `[N]`, a `NodeKind` each.
        track: int64 `[N]`, -1 without one.
        feature: `[N, D]`.
        frame: int64 `[N]`, -1 for memory.
        ptr: int64 `[G + 1]`, the node offsets of the G graphs.
        contact: `[N, 2]`, for an object the probability that the left (0) or right (1) hand touches it.
        score: `[N]` in 0 … 1.
        rules: the thresholds.

    Returns:
        edge_index int64 `[2, E]` (row 0 sends, row 1 receives) sorted by receiver, then sender; relation
        int64 `[E]`, an index into `RELATIONS`; confidence `[E]` in (0, 1], float32 (float64 on the CPU for
        float64 boxes).

    Raises:
        ValueError: a table's length or ptr does not fit; what is in ptr is looked at on the CPU alone, and not while
            torch.compile traces.
    """
    NodeTable(box, kind, track, feature, frame, contact, score)  # raises where they don't fit
    check_ptr_shape(ptr)
    if not (ptr.is_cuda or torch.compiler.is_compiling()):
        check_ptr(ptr, kind.shape[0])
    edge_index, relation, closeness = select_op(
        box.detach(),
        kind,
        track,
        feature.detach(),
        frame,
        ptr,
        contact.detach(),
        score.detach(),
        *rules.values(),
    )
    confidence = edge_confidence(edge_index, relation, closeness, kind, feature, contact, score)
    return edge_index, relation, confidence


def _select(
    box: Tensor,
    kind: Tensor,
    track: Tensor,
    feature: Tensor,
    frame: Tensor,
    ptr: Tensor,
    contact: Tensor,
    score: Tensor,
    contact_threshold: float,
    overlap_threshold: float,
    proximity_threshold: float,
    proximity_scale: float,
    similarity_threshold: float,
    k: int,
) -> tuple[Tensor, Tensor, Tensor]:
    """edge_index `[2, E]`, relation `[E]` and closeness `[E]`: of overlap and proximity, else 0."""
    rules = EdgeRules(
        contact_threshold, overlap_threshold, proximity_threshold, proximity_scale, similarity_threshold, k
    )
    dtype = _working_type(box)
    box, feature, contact, score = (x.to(dtype) for x in (box, feature, contact, score))
    if box.device.type == "cpu":
        return cpu.select_edges(box, kind, track, feature, frame, ptr, contact, score, rules)
    from egograph.kernels.infer_edges import triton_tile  # Triton is there on GPU machines alone

    with torch.cuda.device(box.device):
        return triton_tile.select_edges(box, kind, track, feature, frame, ptr, contact, score, rules)


def _fake_select(box: Tensor, *rest: Any) -> tuple[Tensor, Tensor, Tensor]:
    edges = torch.library.get_ctx().new_dynamic_size()
    edge_index = box.new_empty((2, edges), dtype=torch.int64)
    return edge_index, edge_index.new_empty(edges), box.new_empty(edges, dtype=_working_type(box))


select_op = register_op("select_edges", _select, _fake_select)


def _working_type(tensor: Tensor) -> torch.dtype:
    on_cpu = tensor.device.type == "cpu"
    return torch.float64 if on_cpu and tensor.dtype == torch.float64 else torch.float32

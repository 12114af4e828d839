"""Edge inference on the GPU: one program a block of a graph's receivers judges all its pairs in one pass."""
# mypy: disable-error-code="no-untyped-def, untyped-decorator"

import torch
import triton
import triton.language as tl
from torch import Tensor

from egograph.kernels.infer_edges.rules import EdgeRules
from egograph.kernels.infer_edges.similarity import similar_pairs
from egograph.kernels.infer_edges.tile import Tile
from egograph.kernels.infer_edges.triton_relate import OVERLAP, PROXIMITY, load_nodes, relate


@triton.jit
def relate_kernel(
    box,
    kind,
    track,
    frame,
    ptr,
    contact,
    score,
    similar,
    relation,
    closeness,
    contact_threshold,
    overlap_threshold,
    proximity_threshold,
    proximity_scale,
    slots,
    rows: tl.constexpr,
    columns: tl.constexpr,
):
    """Writes relation [G, P, P] (-1: no edge) and closeness [G, P, P] for `rows` receivers of one graph."""
    graph = tl.program_id(0).to(tl.int64)
    start = tl.load(ptr + graph)
    stop = tl.load(ptr + graph + 1)
    i = tl.program_id(1) * rows + tl.arange(0, rows)
    nodes = load_nodes(box, kind, track, frame, contact, score, start + i, start + i < stop)
    for first in range(0, slots, columns):
        j = first + tl.arange(0, columns)
        others = load_nodes(box, kind, track, frame, contact, score, start + j, start + j < stop)
        inside = (i < slots)[:, None] & (j < slots)[None, :]
        place = (graph * slots + i[:, None]) * slots + j[None, :]
        alike = tl.load(similar + place, mask=inside, other=0).to(tl.float32)
        found, sure = relate(
            nodes, others, i, j, alike, contact_threshold, overlap_threshold, proximity_threshold, proximity_scale
        )
        sure = tl.where((found == OVERLAP) | (found == PROXIMITY), sure, 0.0)
        tl.store(relation + place, found.to(relation.dtype.element_ty), mask=inside)
        tl.store(closeness + place, sure, mask=inside)


def select_edges(
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
    """edge_index `[2, E]`, relation `[E]` and closeness `[E]`: of overlap and proximity, else 0."""
    tile = Tile.of(ptr, kind.shape[0])
    graphs, slots = tile.node.shape
    similar = torch.zeros((graphs, slots, slots), dtype=torch.int8, device=box.device)
    similar.view(-1)[similar_pairs(tile, kind, track, feature, frame, score, rules)] = 1
    relation = torch.empty_like(similar)
    closeness = box.new_empty(similar.shape, dtype=torch.float32)
    rows, columns = 16, 64
    if similar.numel() > 0:
        relate_kernel[(graphs, triton.cdiv(slots, rows))](
            *(x.contiguous() for x in (box, kind, track, frame, ptr, contact, score)),
            similar,
            relation,
            closeness,
            rules.contact_threshold,
            rules.overlap_threshold,
            rules.proximity_threshold,
            rules.proximity_scale,
            slots,
            rows=rows,
            columns=columns,
        )
    pair = (relation >= 0).flatten().nonzero().squeeze(1)
    return tile.edge_index(pair), relation.flatten()[pair].long(), closeness.flatten()[pair]

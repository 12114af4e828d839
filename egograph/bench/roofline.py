"""What a GPU can't do better: the bytes that attention has to move, over the bytes that the GPU moves in a second."""

from time import perf_counter

import torch

from egograph.bench.shapes import Problem
from egograph.kernels.edge_layout import EdgeLayout
from egograph.kernels.tile_edges import TileEdges


def floor_bytes(problem: Problem, layout: EdgeLayout) -> tuple[int, int]:
    """The bytes that forward and backward move at least.

    Tiles read and write every row once, all of a graph on chip. CSR gathers a sender's rows anew for each edge, and the
    backward walks the edges twice, by receiver and by sender.
    """
    item, (nodes, heads, dim) = problem.grad.element_size(), problem.grad.shape
    row, edges = item * nodes * heads * dim, problem.edges
    per_edge = item * edges * heads * dim
    if isinstance(layout.edges, TileEdges):
        shared = 4 * nodes * heads + 4 * nodes + 5 * edges
        return 4 * row + shared, 8 * row + shared
    forward = 2 * row + 2 * per_edge + 4 * nodes * heads + 4 * nodes + 5 * edges
    backward = 8 * row + 4 * per_edge + 8 * edges * heads + 12 * nodes * heads + 8 * nodes + 10 * edges
    return forward, backward


def copy_bandwidth(device: torch.device) -> float:
    """Bytes a second that the GPU reads and writes when it copies a GB, the best of ten."""
    source = torch.empty(2**29, dtype=torch.bfloat16, device=device)
    target, best = torch.empty_like(source), 0.0
    for _ in range(10):
        torch.cuda.synchronize(device)
        start = perf_counter()
        target.copy_(source)
        torch.cuda.synchronize(device)
        best = max(best, 2 * source.numel() * source.element_size() / (perf_counter() - start))
    return best

"""Attention over graphs, ours and its peers', checked and timed on every shape."""

import logging
import os
import platform
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch
import torch_geometric

from egograph.bench.contestants import OURS, Contestant, contestants
from egograph.bench.correctness import check
from egograph.bench.roofline import copy_bandwidth, floor_bytes
from egograph.bench.shapes import SHAPES, Problem, Shape
from egograph.bench.timing import time_in_turns
from egograph.errors import EgographError
from egograph.kernels.tile_edges import TileEdges
from egograph.ops import EdgeLayout

log = logging.getLogger("egograph")

SIZES = ((4, 32), (8, 64))  # heads and dims
_SPARED = 0.8  # of the free memory is filled at most: what a peer needs is estimated
_COPIES = 10  # of a tensor [E, H, D] that PyG holds at once with its gradients


def bench_kernels(
    device: torch.device, dtype: torch.dtype, names: Sequence[str], seconds: float, compiled: bool
) -> Iterator[dict[str, Any]]:
    """One record for each shape and size: who took how long, and our ratio to each.

    Each is measured in a process of its own, with torch's memory as it is by default: what one contestant of another
    shape has allocated before would decide how much of the time goes into page faults.

    Args:
        device: where.
        dtype: of rows.
        names: the shapes, all that suit the device if empty.
        seconds: for each shape, in each direction.
        compiled: whether PyG also runs compiled.

    Raises:
        EgographError: a result is wrong, or a process was killed.
    """
    for shape in (shape for shape in SHAPES if (shape.name in names if names else _suits(shape, device))):
        for heads, dim in SIZES:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                threads = torch.get_num_threads()
                arguments = (shape, heads, dim, dtype, device, seconds, compiled, threads)
                try:
                    yield process.submit(_in_own_process, *arguments).result()
                except BrokenProcessPool:
                    where = f"{shape.name}, H={heads} D={dim}"
                    raise EgographError(
                        f"{where}: the process was killed, most likely for memory; choose smaller shapes=[…]"
                    ) from None


def _in_own_process(
    shape: Shape,
    heads: int,
    dim: int,
    dtype: torch.dtype,
    device: torch.device,
    seconds: float,
    compiled: bool,
    threads: int,
) -> dict[str, Any]:
    torch.set_num_threads(threads)
    bandwidth = copy_bandwidth(device) if device.type == "cuda" else None
    return measure(Problem.draw(shape, heads, dim, dtype, device), seconds, compiled, bandwidth)


def _suits(shape: Shape, device: torch.device) -> bool:
    return device.type == "cuda" or not shape.cuda


def measure(problem: Problem, seconds: float, compiled: bool, bandwidth: float | None) -> dict[str, Any]:
    """Check one problem and time everybody on it; the results file has one such record for each.

    Args:
        problem: what to attend over.
        seconds: for each comparison, in each direction.
        compiled: whether PyG also runs compiled.
        bandwidth: bytes a second of a GPU, to tell the roofline; None on the CPU.

    Raises:
        EgographError: the result is wrong.
    """
    lay_out = partial(EdgeLayout.from_edge_index, problem.edge_index, problem.nodes, ptr=problem.ptr)
    layout = lay_out()
    related = EdgeLayout.from_edge_index(problem.edge_index, problem.nodes, problem.relation, problem.ptr)
    error = check(problem, layout)
    form = "tile" if isinstance(layout.edges, TileEdges) else "csr"
    there = [c for c in contestants(problem, layout, related, compiled) if _fits(c, problem)]
    groups = {
        against: _times([c for c in there if c.against == against], seconds, problem.grad.device)
        for against in dict.fromkeys(c.against for c in there)
    }
    record = {
        "shape": problem.shape.name,
        "heads": problem.heads,
        "dim": problem.dim,
        "nodes": problem.nodes,
        "edges": problem.edges,
        "form": form,
        "relative_error": float(f"{error:.1e}"),
        "layout_ms": round(time_in_turns({OURS: lay_out}, seconds / 4, problem.grad.device)[OURS] * 1e3, 4),
        "times": [_row(name, against, times) for against, times in groups.items() for name in times],
    }
    if bandwidth is not None:
        forward, both = groups["core"][OURS]
        floors = [size / bandwidth for size in floor_bytes(problem, layout)]
        record |= {"copy_gb_s": round(bandwidth / 1e9), "floor_ms": [round(x * 1e3, 4) for x in floors]}
        record |= {"over_floor": [round(forward / floors[0], 2), round((both - forward) / floors[1], 2)]}
    return record


def _times(group: list[Contestant], seconds: float, device: torch.device) -> dict[str, tuple[float, float]]:
    """The seconds that each takes forward, and forward and backward."""
    forward = time_in_turns({c.name: c.forward for c in group}, seconds, device)
    both = time_in_turns({c.name: c.both for c in group}, seconds, device)
    return {c.name: (forward[c.name], both[c.name]) for c in group}


def _row(name: str, against: str, times: dict[str, tuple[float, float]]) -> dict[str, Any]:
    (forward, both), (our_forward, our_both) = times[name], times[OURS]
    return {
        "name": name,
        "against": against,
        "forward_ms": round(forward * 1e3, 4),
        "both_ms": round(both * 1e3, 4),
        "forward_ratio": round(forward / our_forward, 2),
        "both_ratio": round(both / our_both, 2),
    }


def _fits(contestant: Contestant, problem: Problem) -> bool:
    """Whether its tensors fit into the memory; one that does not is told."""
    wanted, free = _needed_bytes(contestant, problem), _SPARED * _free_bytes(problem.grad.device)
    if wanted > free:
        where = f"{problem.shape.name}, H={problem.heads} D={problem.dim}"
        log.warning("%s: %s needs %.0f GB, %.0f are free; left out", where, contestant.name, wanted / 1e9, free / 1e9)
    return wanted <= free


def _needed_bytes(contestant: Contestant, problem: Problem) -> int:
    """About what a contestant holds at once, with its gradients."""
    item, channels = problem.grad.element_size(), problem.heads * problem.dim
    if contestant.name == OURS:
        return 0
    if contestant.name.startswith("RGATConv"):  # a matrix for each edge
        return 3 * item * problem.edges * channels**2
    if contestant.name == "masked SDPA":
        return 4 * item * problem.shape.graphs * problem.heads * problem.shape.nodes**2
    return _COPIES * item * problem.edges * channels


def _free_bytes(device: torch.device) -> int:
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def machine(device: torch.device) -> dict[str, Any]:
    """What the figures were measured on and with."""
    versions = {"torch": torch.__version__, "torch_geometric": torch_geometric.__version__}
    if device.type == "cuda":
        import triton

        return {"device": torch.cuda.get_device_name(device), **versions, "triton": triton.__version__}
    return {"device": _processor(), "threads": torch.get_num_threads(), **versions}


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())

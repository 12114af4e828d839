"""Node tables for edge inference: random ones, and small ones made by hand."""

import torch
from torch import Tensor

from egograph.kernels.infer_edges import NodeKind
from egograph.kernels.infer_edges.rules import EdgeRules
from egograph.ops import NodeRows

DEFAULTS = EdgeRules()


def random_table(
    sizes: list[int], dtype: torch.dtype = torch.float64, seed: int = 0, feature_channels: int = 8
) -> dict[str, Tensor]:
    """Graphs of the given sizes with every kind of node, memory, absent nodes and nodes without a track."""
    generator = torch.Generator().manual_seed(seed)
    nodes = sum(sizes)

    def uniform(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    centre, side = uniform(nodes, 2), uniform(nodes, 2) * 0.4
    common = torch.randn(feature_channels, generator=generator, dtype=torch.float64)
    feature = torch.randn(nodes, feature_channels, generator=generator, dtype=torch.float64) + 0.5 * common
    present = (uniform(nodes) > 0.1).double()
    floats = {
        "box": torch.cat([centre - side / 2, centre + side / 2], dim=1),
        "feature": feature,
        "contact": uniform(nodes, 2) ** 3,
        "score": uniform(nodes) * present,
    }
    return {name: x.to(dtype) for name, x in floats.items()} | {
        "kind": torch.randint(4, (nodes,), generator=generator),
        "track": torch.randint(-1, 5, (nodes,), generator=generator),
        "frame": torch.randint(-1, 4, (nodes,), generator=generator),
        "ptr": torch.tensor([0, *sizes]).cumsum(0),
    }


def random_rows(nodes: int, channels: int, feature_channels: int, frame: int = 0, seed: int = 0) -> NodeRows:
    """Nodes of one frame, some of them absent, in float32."""
    table = random_table([nodes], torch.float32, seed)
    generator = torch.Generator().manual_seed(seed + 1000)
    columns = ("box", "kind", "track", "contact", "score")
    return NodeRows(
        state=torch.randn(nodes, channels, generator=generator),
        feature=torch.randn(nodes, feature_channels, generator=generator) + 0.5,
        frame=torch.full((nodes,), frame),
        **{name: table[name] for name in columns},
    )


def scene_table(*nodes: tuple[NodeKind, int, tuple[float, float, float, float]]) -> dict[str, Tensor]:
    """One graph of nodes (kind, frame, box): sure of themselves, untracked, touching nothing, unlike each other."""
    count = len(nodes)
    return {
        "box": torch.tensor([box for _, _, box in nodes]),
        "kind": torch.tensor([int(kind) for kind, _, _ in nodes]),
        "track": torch.full((count,), -1),
        "feature": torch.eye(count),
        "frame": torch.tensor([frame for _, frame, _ in nodes]),
        "ptr": torch.tensor([0, count]),
        "contact": torch.zeros(count, 2),
        "score": torch.ones(count),
    }

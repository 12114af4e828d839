"""Node tables made by hand, for tests."""

import torch

from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, Nodes


def frame_table(
    box: torch.Tensor,
    score: torch.Tensor | None = None,
    feature: torch.Tensor | None = None,
    streams: int = 1,
) -> Nodes:
    """Clips of `T` frames with the rows left hand, right hand, objects, scene, from boxes `[G·T, M, 4]`.

    Features default to one look a row: the same in all frames, other than those of the other rows.
    """
    frames, rows = box.shape[:2]
    length = frames // streams
    kind = torch.tensor([LEFT_HAND, RIGHT_HAND] + [OBJECT] * (rows - 3) + [SCENE])
    if feature is None:
        feature = torch.eye(rows).expand(frames, rows, rows)
    return Nodes(
        feature=feature.flatten(0, 1),
        box=box.flatten(0, 1),
        kind=kind.repeat(frames),
        frame=torch.arange(length).repeat_interleave(rows).repeat(streams),
        track=torch.full((frames * rows,), -1),
        score=torch.ones(frames * rows) if score is None else score.flatten(),
        noun=torch.where(kind == OBJECT, torch.arange(rows) - 2, -1).repeat(frames),
        contact=torch.zeros(frames * rows, 2),
        ptr=torch.arange(streams + 1) * (length * rows),
    )


def random_table(seed: int, dim: int, frames: int = 8, objects: int = 4, streams: int = 1) -> Nodes:
    """Random clips: boxes, looks, scores and contacts."""
    generator = torch.Generator().manual_seed(seed)
    rows = objects + 3
    corner = torch.rand(streams * frames, rows, 2, generator=generator) * 0.7
    size = torch.rand(streams * frames, rows, 2, generator=generator) * 0.2 + 0.05
    nodes = frame_table(
        torch.cat([corner, corner + size], dim=-1),
        score=torch.rand(streams * frames, rows, generator=generator) * 0.9 + 0.1,
        feature=torch.randn(streams * frames, rows, dim, generator=generator),
        streams=streams,
    )
    return nodes.with_(contact=torch.rand(len(nodes), 2, generator=generator))

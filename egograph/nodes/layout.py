"""From what was found in each frame to a node table in which every frame has the same rows."""

from dataclasses import dataclass

import torch
from torch import Tensor

from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, UNKNOWN_NOUN, UNTRACKED, Nodes

_LEAST_SCORE = 0.05


@dataclass(frozen=True)
class Found:
    """What was found in `F` frames: a left hand, a right hand, `K` objects, the scene.

    Attributes:
        feature: `[F, K + 3, D]`, the scene last.
        box: `[F, K + 2, 4]`, xyxy in 0..1.
        score: `[F, K + 2]`, the probability that it is there.
        noun: int64 `[F, K]`, class index in the vocabulary.
        contact: `[F, 2, K + 1]`, the probability of what the left and the right hand touch; the last entry is nothing.
    """

    feature: Tensor
    box: Tensor
    score: Tensor
    noun: Tensor
    contact: Tensor


def lay_out(found: Found, valid: Tensor) -> Nodes:
    """Lay `G` clips of `T` frames out as a node table of `G·T·(K + 3)` rows: hands, objects, scene in each frame.

    Args:
        found: in `F = G·T` frames.
        valid: bool `[G, T]`; the nodes of a padded frame get score 0.
    """
    clips, length = valid.shape
    frames, reads = found.score.shape
    device = found.score.device
    kind = torch.tensor([LEFT_HAND, RIGHT_HAND] + [OBJECT] * (reads - 2) + [SCENE], device=device)
    present = torch.where(found.score >= _LEAST_SCORE, found.score, 0.0)
    score = torch.cat([present, torch.ones(frames, 1, device=device)], dim=1)
    whole = torch.tensor([0.0, 0.0, 1.0, 1.0], device=device).expand(frames, 1, 4)
    contact = torch.zeros(frames, reads + 1, 2, device=device)
    contact[:, 2:reads] = found.contact[:, :, :-1].mT
    contact[:, LEFT_HAND, 0] = 1 - found.contact[:, 0, -1]
    contact[:, RIGHT_HAND, 1] = 1 - found.contact[:, 1, -1]
    noun = torch.full((frames, reads + 1), UNKNOWN_NOUN, device=device)
    noun[:, 2:reads] = found.noun
    return Nodes(
        feature=found.feature.flatten(0, 1),
        box=torch.cat([found.box, whole], dim=1).flatten(0, 1),
        kind=kind.repeat(frames),
        frame=torch.arange(length, device=device).repeat_interleave(reads + 1).repeat(clips),
        track=torch.full((frames * (reads + 1),), UNTRACKED, device=device),
        score=(score * valid.flatten()[:, None]).flatten(),
        noun=noun.flatten(),
        contact=contact.flatten(0, 1),
        ptr=torch.arange(clips + 1, device=device) * (length * (reads + 1)),
    )

"""The `query` node extractor: trained queries read hands, objects and scene from the patch tokens."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn

from egograph.encoders.patches import Patches
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, UNKNOWN_NOUN, UNTRACKED, Nodes
from egograph.nodes.proposals import DenseProposals, ProposalHead, select
from egograph.nodes.reader import BoxReader, Reading

_LEAST_SCORE = 0.05


@dataclass(frozen=True)
class QueryNodesConfig:
    """Size of the `query` extractor.

    Attributes:
        dim: channels of a node.
        objects: objects a frame, at most.
        layers: decoder layers of the reader.
    """

    dim: int = 128
    objects: int = 10
    layers: int = 2


@dataclass(frozen=True)
class Extraction:
    """All that training compares with annotations; `Nodes` keeps what the graph needs.

    Attributes:
        proposals: the dense maps.
        proposed: the boxes `[F, R, 4]` that were read.
        reading: what was read there.
    """

    proposals: DenseProposals
    proposed: Tensor
    reading: Reading

    def frames(self, index: Tensor) -> "Extraction":
        """What was extracted from some of the frames."""
        proposals = DenseProposals(self.proposals.heat[index], self.proposals.reach[index])
        reading = Reading(**{field.name: getattr(self.reading, field.name)[index] for field in fields(Reading)})
        return Extraction(proposals, self.proposed[index], reading)


class QueryNodes(nn.Module):
    """Proposes boxes on the patch grid, reads each with a query, and lays the result out as a node table.

    A frame has always the same rows: left hand, right hand, `objects` objects by falling centre score, scene.
    """

    def __init__(self, config: QueryNodesConfig, patch_dim: int, nouns: int) -> None:
        super().__init__()
        self.config = config
        self.propose = ProposalHead(patch_dim)
        self.read = BoxReader(patch_dim, config.dim, nouns, config.layers)

    @property
    def rows(self) -> int:
        """Nodes a frame."""
        return self.config.objects + 3

    def forward(self, patches: Patches) -> Extraction:
        """Extract from the patches of `F` frames."""
        proposals = self.propose(patches.tokens)
        proposed = select(proposals, self.config.objects)[0].detach().clamp(0, 1)
        return Extraction(proposals, proposed, self.read(patches.tokens, patches.summary, proposed))


def lay_out(reading: Reading, valid: Tensor) -> Nodes:
    """Lay the readings of `G` clips of `T` frames out as a node table of `G·T·(R + 1)` rows.

    Args:
        reading: of `F = G·T` frames.
        valid: bool `[G, T]`; the nodes of a padded frame get score 0.
    """
    clips, length = valid.shape
    frames, reads = reading.score.shape
    device = reading.score.device
    kind = torch.tensor([LEFT_HAND, RIGHT_HAND] + [OBJECT] * (reads - 2) + [SCENE], device=device)
    present = reading.score.detach().sigmoid()
    present = torch.where(present >= _LEAST_SCORE, present, 0.0)
    score = torch.cat([present, torch.ones(frames, 1, device=device)], dim=1)
    whole = torch.tensor([0.0, 0.0, 1.0, 1.0], device=device).expand(frames, 1, 4)
    touch = reading.contact.detach().softmax(dim=-1)
    contact = torch.zeros(frames, reads + 1, 2, device=device)
    contact[:, 2:reads] = touch[:, :, :-1].mT
    contact[:, LEFT_HAND, 0] = 1 - touch[:, 0, -1]
    contact[:, RIGHT_HAND, 1] = 1 - touch[:, 1, -1]
    noun = torch.full((frames, reads + 1), UNKNOWN_NOUN, device=device)
    noun[:, 2:reads] = reading.noun[:, 2:].argmax(dim=-1)
    return Nodes(
        feature=reading.feature.flatten(0, 1),
        box=torch.cat([reading.box.detach(), whole], dim=1).flatten(0, 1),
        kind=kind.repeat(frames),
        frame=torch.arange(length, device=device).repeat_interleave(reads + 1).repeat(clips),
        track=torch.full((frames * (reads + 1),), UNTRACKED, device=device),
        score=(score * valid.flatten()[:, None]).flatten(),
        noun=noun.flatten(),
        contact=contact.flatten(0, 1),
        ptr=torch.arange(clips + 1, device=device) * (length * (reads + 1)),
    )

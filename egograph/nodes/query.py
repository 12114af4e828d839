"""The `query` node extractor: trained queries read hands, objects and scene from the patch tokens."""

from dataclasses import dataclass, fields

from torch import Tensor, nn

from egograph.encoders.patches import Patches
from egograph.nodes.layout import Found
from egograph.nodes.proposals import DenseProposals, ProposalHead, select
from egograph.nodes.reader import BoxReader, Reading


@dataclass(frozen=True)
class QueryNodesConfig:
    """Size of the `query` extractor.

    Attributes:
        dim: channels of a node.
        objects: objects a frame, at most.
        layers: looks that the reader takes at the boxes.
    """

    dim: int = 128
    objects: int = 12
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


def found(extraction: Extraction) -> Found:
    """What was found in the frames, cut off from the gradients of all but the features."""
    reading = extraction.reading
    return Found(
        feature=reading.feature,
        box=reading.box.detach(),
        score=reading.score.detach().sigmoid(),
        noun=reading.noun.detach()[:, 2:].argmax(dim=-1),
        contact=reading.contact.detach().softmax(dim=-1),
    )

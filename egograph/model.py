"""EgoGraph: the whole model, from prepared frames to a clip's action."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from egograph.data.classes import Vocabulary
from egograph.encoders.encoder import Encoder
from egograph.nn.calibration import Calibration, Judgement
from egograph.nn.recogniser import Recogniser, RecogniserConfig, Recognition
from egograph.nn.state import StreamState
from egograph.nodes.annotations import GivenBoxes, read_given
from egograph.nodes.layout import lay_out
from egograph.nodes.nodes import SCENE, Nodes
from egograph.nodes.query import QueryNodes, QueryNodesConfig, found


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of what comes after the encoder."""

    nodes: QueryNodesConfig = field(default_factory=QueryNodesConfig)
    recogniser: RecogniserConfig = field(default_factory=RecogniserConfig)


class EgoGraph(nn.Module):
    """Encoder, node extractor, recogniser, and the calibration of its confidence.

    The path is cut in two, where the cache lies: `observe` needs pixels and no state, so many streams share it;
    `recognise` needs nodes and a stream's state.

    Args:
        config: sizes.
        encoder: gives the patch tokens.
        vocabulary: verbs and nouns.
    """

    def __init__(self, config: ModelConfig, encoder: Encoder, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.config, self.vocabulary = config, vocabulary
        self.encoder = encoder
        verbs, nouns = len(vocabulary.verbs), len(vocabulary.nouns)
        self.extractor = QueryNodes(config.nodes, encoder.dim, nouns)
        self.recogniser = Recogniser(config.recogniser, config.nodes.dim, verbs, nouns)
        self.calibration = Calibration(config.nodes.dim)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.calibration.centre.device

    def start(self, streams: int = 1) -> StreamState:
        """The state of `streams` streams before their first clip."""
        return self.recogniser.start(streams, self.device)

    def warm_up(self) -> None:
        """Let torch choose and load what it needs, by a first clip, so that nobody waits for that at the next."""
        size, valid = self.encoder.preprocess, torch.ones(1, 1, dtype=torch.bool)
        nodes = self.observe(torch.zeros(1, 1, size.height, size.width, 3, dtype=torch.uint8), valid)
        self.recognise(nodes, valid.to(self.device), self.start())

    @torch.no_grad()
    def observe(self, pixels: Tensor, valid: Tensor, given: GivenBoxes | None = None) -> Nodes:
        """Find the nodes of `G` clips of `T` frames, of one stream or of many.

        Args:
            pixels: uint8 `[G, T, height, width, 3]`, prepared by `encoder.preprocess`.
            valid: bool `[G, T]`, false for padded frames.
            given: annotated boxes of the `G·T` frames, to read instead of proposing any.
        """
        patches = self.encoder(pixels.to(self.device).flatten(0, 1))
        seen = found(self.extractor(patches)) if given is None else read_given(self.extractor, patches, given)
        return lay_out(seen, valid.to(self.device))

    @torch.no_grad()
    def recognise(self, nodes: Nodes, valid: Tensor, state: StreamState) -> tuple[Recognition, Judgement]:
        """Recognise the next clip of each of `G` streams from its nodes; see `Recogniser.forward`."""
        recognition = self.recogniser(nodes, valid, state)
        return recognition, self.calibration(recognition.logits, clip_summary(nodes, valid))


def clip_summary(nodes: Nodes, valid: Tensor) -> Tensor:
    """The mean scene feature `[G, D]` of each clip's real frames."""
    scene = nodes.feature[nodes.kind == SCENE].view(*valid.shape, -1)
    weight = valid / valid.sum(dim=1, keepdim=True).clamp(min=1)
    return (scene * weight[..., None]).sum(dim=1)

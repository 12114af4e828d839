"""The keys that say which model a command runs: `model`, `encoder`, `nodes`."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from egograph.cache.key import ANNOTATIONS, CacheKey
from egograph.checkpoint import BUILT_IN, load_model
from egograph.encoders.registry import EncoderConfig
from egograph.errors import UsageError
from egograph.model import EgoGraph
from egograph.nodes.annotations import VisorBoxes
from egograph.nodes.query import QueryNodesConfig
from egograph.video.sampler import ClipSampler


@dataclass(frozen=True)
class QueryNodesKeys(QueryNodesConfig):
    """The keys of `nodes=query`.

    Attributes:
        name: the node extractor.
    """

    name: Literal["query"] = "query"

    def config(self) -> QueryNodesConfig:
        """The extractor's own config."""
        return QueryNodesConfig(self.dim, self.objects, self.layers)


@dataclass(frozen=True)
class AnnotationsKeys:
    """The keys of `nodes=annotations`.

    Attributes:
        folder: annotations in the VISOR layout; they name the video as its file is called.
        name: the node extractor.
    """

    folder: Path
    name: Literal["annotations"] = "annotations"


@dataclass(frozen=True)
class ModelKeys:
    """The model that a command runs.

    Attributes:
        model: a folder that training wrote, or built-in.
        encoder: null is the model's own; what follows another is untrained and abstains.
        nodes: null is the model's own extractor.
    """

    model: str = BUILT_IN
    encoder: EncoderConfig | None = None
    nodes: QueryNodesKeys | AnnotationsKeys | None = None

    def load(self) -> EgoGraph:
        """Load the model.

        Raises:
            EgographError: there is no whole model, or its encoder cannot be loaded.
            UsageError: nodes were chosen that are not the model's own.
        """
        model = load_model(self.model, self.encoder)
        own = model.config.nodes
        if isinstance(self.nodes, QueryNodesKeys) and self.nodes.config() != own:
            raise UsageError(f"nodes: those of {self.model} are {own}; leave their keys out, or train another model")
        return model

    def boxes(self, model: EgoGraph) -> VisorBoxes | None:
        """The annotated boxes to read instead of proposing any, if they were chosen.

        Raises:
            EgographError: an annotation file is absent or malformed.
        """
        if not isinstance(self.nodes, AnnotationsKeys):
            return None
        return VisorBoxes(self.nodes.folder, model.vocabulary, model.config.nodes.objects)

    def cache_key(self, model: EgoGraph, stream: ClipSampler) -> CacheKey:
        """The key of what is cached; nodes from annotations are told apart from those that the model finds."""
        key = CacheKey.of(model, stream.fps, stream.frames)
        if isinstance(self.nodes, AnnotationsKeys):
            return replace(key, nodes={"extractor": ANNOTATIONS, "folder": str(self.nodes.folder)})
        return key

    def own_nodes(self, why: str) -> None:
        """Refuse annotated nodes.

        Raises:
            UsageError: `nodes=annotations` was chosen.
        """
        if isinstance(self.nodes, AnnotationsKeys):
            raise UsageError(f"nodes=annotations: {why}; leave it out")

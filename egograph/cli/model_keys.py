"""The keys that say which model a command runs: `model`, `encoder`, `nodes`."""

from dataclasses import dataclass
from typing import Literal

from egograph.checkpoint import BUILT_IN, load_model
from egograph.encoders.registry import EncoderConfig
from egograph.errors import UsageError
from egograph.model import EgoGraph
from egograph.nodes.query import QueryNodesConfig


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
class ModelKeys:
    """The model that a command runs.

    Attributes:
        model: a folder that training wrote, or built-in.
        encoder: the model's own, unless another is chosen; what follows it is then untrained and abstains.
        nodes: the model's own; a choice is compared with it.
    """

    model: str = BUILT_IN
    encoder: EncoderConfig | None = None
    nodes: QueryNodesKeys | None = None

    def load(self) -> EgoGraph:
        """Load the model.

        Raises:
            EgographError: there is no whole model, or its encoder cannot be loaded.
            UsageError: nodes were chosen that are not the model's own.
        """
        model = load_model(self.model, self.encoder)
        if self.nodes and self.nodes.config() != model.config.nodes:
            raise UsageError(f"nodes: {self.model} has {model.config.nodes}; leave nodes out, or train another model")
        return model

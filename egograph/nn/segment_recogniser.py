"""Recognition from annotated nodes: a segment's frames and those before it as one graph, its action out."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from egograph.data.segment_table import SegmentTable
from egograph.graph.infer import GraphConfig, infer_graph
from egograph.graph.scene_graph import SceneGraph
from egograph.kernels.infer_edges.relations import NodeKind
from egograph.nn.action_prior import ActionPrior, noun_vectors
from egograph.nn.message_passing import MessagePassing, MessagePassingConfig
from egograph.nn.segment_nodes import NODE_FEATURES, SEGMENT_FEATURES, segment_features, segment_nodes
from egograph.nodes.nodes import OBJECT, UNKNOWN_NOUN, Nodes
from egograph.ranges import at_least

_NOWHERE = -1e4


@dataclass(frozen=True)
class SegmentRecogniserConfig:
    """Size of the recogniser of segments.

    Attributes:
        dim: channels `D` of a node state.
        affinity: channels that learned similarity compares.
        noun_factors: how much of the labels' co-occurrence describes a noun, see `noun_vectors`.
        queries: attention pools that read the graph.
        past: frames before the segment, at most.
        within: frames of the segment itself, at most; of more the last.
        relational_features: whether a node's own features also say what touches it and how it differs from where its
            track was before and is after; else edges alone relate nodes.
        dropout: share of the pooled channels that training drops.
        graph: which edges are inferred.
        message_passing: layers and heads.

    Raises:
        ValueError: a value is out of its range.
    """

    dim: int = 96
    affinity: int = 16
    noun_factors: int = 16
    queries: int = 8
    past: int = 6
    within: int = 6
    relational_features: bool = True
    dropout: float = 0.3
    graph: GraphConfig = field(default_factory=GraphConfig)
    message_passing: MessagePassingConfig = field(default_factory=MessagePassingConfig)

    def __post_init__(self) -> None:
        at_least(self, 1, "dim", "affinity", "queries", "within")
        at_least(self, 0, "noun_factors", "past")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout={self.dropout}: has to be 0 or more and below 1")


@dataclass(frozen=True)
class SegmentRecognition:
    """What `S` segments show.

    Attributes:
        verb: logits `[S, V]`, before the pairs' co-occurrence.
        noun: logits `[S, C]`, likewise.
        graph: the segments' graphs.
        pointer: `[S, N]`, how much each object with a noun carried the noun; means nothing where there is none.
    """

    verb: Tensor
    noun: Tensor
    graph: SceneGraph
    pointer: Tensor


class SegmentRecogniser(nn.Module):
    """Recognises a segment's action from the annotated nodes of its frames and of the frames before it.

    The noun is pointed at among the objects that are there, or named from the whole, whichever is likelier; verb and
    noun are scored as a pair with what the training labels say goes together.

    Args:
        config: sizes.
        pairs: how often each verb goes with each noun in the training labels, `[V, C]`.
    """

    nouns: Tensor

    def __init__(self, config: SegmentRecogniserConfig, pairs: Tensor) -> None:
        super().__init__()
        self.config = config
        dim, (verbs, nouns) = config.dim, pairs.shape
        vectors = noun_vectors(pairs, config.noun_factors)
        self.register_buffer("nouns", torch.cat([torch.zeros_like(vectors[:1]), vectors]))  # the first is unknown
        self.noun = nn.Linear(vectors.shape[1], dim)
        self.kind = nn.Embedding(len(NodeKind), dim)
        self.age = nn.Embedding(config.past + config.within, dim)
        self.feature = nn.Sequential(nn.Linear(NODE_FEATURES, dim), nn.GELU(), nn.Linear(dim, dim))
        self.affinity = nn.Linear(dim, config.affinity)
        self.passing = MessagePassing(config.message_passing, dim)
        self.attend = nn.Linear(dim, config.queries)
        self.segment = nn.Sequential(nn.Linear(SEGMENT_FEATURES, dim), nn.GELU())
        pooled = (config.queries + 1) * dim
        self.mix = nn.Sequential(nn.Linear(pooled, 2 * dim), nn.GELU(), nn.Dropout(config.dropout))
        self.verb = nn.Linear(2 * dim, verbs)
        self.name = nn.Linear(2 * dim, nouns)
        self.sought = nn.Linear(2 * dim, dim)
        self.offered = nn.Linear(dim, dim)
        self.held = nn.Linear(dim, 1)
        self.prior = ActionPrior(pairs)

    def forward(self, table: SegmentTable) -> SegmentRecognition:
        """Recognise a batch of segments."""
        nodes = segment_nodes(table, self.config.relational_features)
        state = self._embed(nodes, table)
        graph = infer_graph(nodes, self.affinity(state), self.config.graph)
        passed = self.passing(state, graph).view(*table.kind.shape, -1)
        weight = self.attend(passed).masked_fill(~table.present[..., None], _NOWHERE).softmax(dim=1)
        pooled = (weight.mT @ passed).flatten(1)
        whole = self.mix(torch.cat([pooled, self.segment(segment_features(table).to(pooled.dtype))], dim=-1))
        pointer = self._point(passed, whole, table)
        return SegmentRecognition(
            verb=self.verb(whole).float(),
            noun=self._noun(self.name(whole).float(), pointer, table.noun),
            graph=graph,
            pointer=pointer.softmax(dim=1),
        )

    def _embed(self, nodes: Nodes, table: SegmentTable) -> Tensor:
        place = torch.arange(table.time.shape[1], device=table.time.device)
        last = torch.where(table.time.isnan(), 0, place).amax(1, keepdim=True)
        age = (last - table.frame).clamp(0, self.age.num_embeddings - 1).flatten()
        noun = self.noun(self.nouns[nodes.noun - UNKNOWN_NOUN])
        named = (nodes.kind == OBJECT)[:, None]
        state: Tensor = self.feature(nodes.feature) + self.kind(nodes.kind) + self.age(age)
        return state + torch.where(named, noun, 0.0)

    def _point(self, passed: Tensor, whole: Tensor, table: SegmentTable) -> Tensor:
        """Logits `[S, N]` of being what the action is done to; `_NOWHERE` for all but objects with a noun."""
        likeness = (self.offered(passed) @ self.sought(whole)[..., None]).squeeze(-1) / passed.shape[-1] ** 0.5
        there = (table.kind == OBJECT) & (table.noun >= 0)
        return (likeness + self.held(passed).squeeze(-1)).float().masked_fill(~there, _NOWHERE)

    def _noun(self, named: Tensor, pointer: Tensor, noun: Tensor) -> Tensor:
        """Noun logits `[S, C]`: of each class, the sum of what names it and what points at it, in probability."""
        highest = pointer.amax(dim=1, keepdim=True).clamp(min=-50)
        mass = torch.zeros_like(named).scatter_add(1, noun.clamp(min=0), (pointer - highest).exp())
        return torch.logaddexp(named, mass.clamp(min=1e-9).log() + highest)

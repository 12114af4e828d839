"""From the nodes of a clip to its action: identity, graph, message passing, temporal head. No pixels from here on."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from egograph.graph.infer import GraphConfig, infer_graph
from egograph.graph.scene_graph import SceneGraph
from egograph.kernels.infer_edges.relations import NodeKind
from egograph.nn.message_passing import MessagePassing, MessagePassingConfig
from egograph.nn.state import StreamState
from egograph.nn.temporal_head import ActionLogits, TemporalHead, TemporalHeadConfig
from egograph.nodes.box import centre_size
from egograph.nodes.nodes import MEMORY_FRAME, OBJECT, UNKNOWN_NOUN, Nodes
from egograph.nodes.tracker import Matcher, Tracked, TrackerConfig, last_rows, match_by_likeness, track
from egograph.video.clip import LONGEST_CLIP

_PLACE_FEATURES = 4 + 4 + 1 + 2
_MOTION_SCALE = 5.0  # boxes move a few hundredths of the frame from one frame to the next


@dataclass(frozen=True)
class RecogniserConfig:
    """Sizes of all that comes after the nodes.

    Attributes:
        dim: channels `D` of a node state.
        affinity: channels that learned similarity compares.
    """

    dim: int = 128
    affinity: int = 32
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    graph: GraphConfig = field(default_factory=GraphConfig)
    message_passing: MessagePassingConfig = field(default_factory=MessagePassingConfig)
    head: TemporalHeadConfig = field(default_factory=TemporalHeadConfig)


@dataclass(frozen=True)
class Recognition:
    """What one clip of each of `G` streams shows.

    Attributes:
        logits: the action.
        graph: the clips' graphs; memory nodes come first in each.
        attention: `[N]` over the graph's nodes, how much each object carried the noun.
        state: the streams' state after the clip.
    """

    logits: ActionLogits
    graph: SceneGraph
    attention: Tensor
    state: StreamState


class Recogniser(nn.Module):
    """Recognises actions from node tables in which every frame has the same rows: hands, objects, scene.

    Args:
        config: sizes.
        feature_dim: channels of the nodes that come in.
        verbs: verb classes.
        nouns: noun classes.
    """

    def __init__(self, config: RecogniserConfig, feature_dim: int, verbs: int, nouns: int) -> None:
        super().__init__()
        self.config, self.feature_dim = config, feature_dim
        dim = config.dim
        self.feature = nn.Linear(feature_dim, dim)
        self.memory = nn.Linear(dim, dim)
        self.kind = nn.Embedding(len(NodeKind), dim)
        self.noun = nn.Embedding(nouns + 1, dim)  # the first is that of nodes whose noun is unknown
        self.time = nn.Embedding(LONGEST_CLIP + 1, dim)
        self.place = nn.Sequential(nn.Linear(_PLACE_FEATURES, dim), nn.GELU(), nn.Linear(dim, dim))
        self.affinity = nn.Linear(dim, config.affinity)
        self.passing = MessagePassing(config.message_passing, dim)
        self.attend = nn.Linear(dim, 2)
        self.token = nn.Sequential(nn.Linear(4 * dim, dim), nn.GELU(), nn.Linear(dim, dim))
        self.head = TemporalHead(config.head, dim, verbs, nouns)
        self.point = nn.Linear(dim, nouns)
        self.match: Matcher = match_by_likeness

    def start(self, streams: int = 1, device: str | torch.device = "cpu") -> StreamState:
        """The state of `streams` streams before their first clip."""
        head = self.config.head
        return StreamState.start(
            streams, self.config.tracker.slots, self.feature_dim, self.config.dim, head.layers, head.hidden,
            torch.device(device),
        )  # fmt: skip

    def forward(self, nodes: Nodes, valid: Tensor, state: StreamState) -> Recognition:
        """Recognise one clip of each of `G` streams.

        Args:
            nodes: `G` clips of `T` frames of `M` nodes each, untracked.
            valid: bool `[G, T]`, false for padded frames.
            state: the streams' state before the clip.
        """
        tracked = track(nodes, state, self.config.tracker, self.match)
        table, embedding = self._with_memory(tracked, state)
        graph = infer_graph(table, self.affinity(embedding), self.config.graph)
        passed = self.passing(embedding, graph)
        streams, length, rows = tracked.slot.shape
        dense = passed.view(streams, -1, passed.shape[-1])
        current = dense[:, state.slots :]
        token, carried = self._read(current.unflatten(1, (length, rows)), nodes)
        logits, hidden = self.head(token, valid, state.hidden)
        named = self.feature(nodes.feature) + self._noun(nodes)
        pointed = (carried[..., None] * named.unflatten(0, (streams, -1))).sum(dim=1)
        logits = ActionLogits(logits.verb, logits.noun + self.point(pointed), logits.acting)
        attention = torch.cat([carried.new_zeros(streams, state.slots), carried], dim=1)
        return Recognition(
            logits=logits,
            graph=graph,
            attention=attention.flatten(),
            state=_remember(tracked, current, hidden, valid),
        )

    def _noun(self, nodes: Nodes) -> Tensor:
        embedding: Tensor = self.noun(nodes.noun - UNKNOWN_NOUN)
        return embedding

    def _with_memory(self, tracked: Tracked, before: StreamState) -> tuple[Nodes, Tensor]:
        """The clips' nodes behind what their streams remember, and the embedding `[N, D]` of both."""
        streams, slots = before.track.shape
        seen = (before.clip[:, None] > 0) & (before.track >= 0)
        remembered = Nodes(
            feature=before.look.flatten(0, 1),
            box=before.box.flatten(0, 1),
            kind=before.kind.flatten(),
            frame=torch.full((streams * slots,), MEMORY_FRAME, device=before.box.device),
            track=before.track.flatten(),
            score=(before.score * seen).flatten(),
            noun=before.noun.flatten(),
            contact=before.box.new_zeros(streams * slots, 2),
            ptr=torch.arange(streams + 1, device=before.box.device) * slots,
        )
        still = torch.zeros_like(remembered.box)
        old = self.memory(before.memory.flatten(0, 1)) + self._place(remembered, still)
        new = self.feature(tracked.nodes.feature) + self._place(tracked.nodes, tracked.motion)
        return _join(remembered, tracked.nodes), _join_rows(old, new, streams).flatten(0, 1)

    def _place(self, nodes: Nodes, motion: Tensor) -> Tensor:
        where = torch.cat([centre_size(nodes.box), motion * _MOTION_SCALE, nodes.score[:, None], nodes.contact], dim=-1)
        return self.place(where) + self.kind(nodes.kind) + self._noun(nodes) + self.time(nodes.frame - MEMORY_FRAME)

    def _read(self, current: Tensor, nodes: Nodes) -> tuple[Tensor, Tensor]:
        """Frame tokens `[G, T, D]`, and how much each node `[G, T·M]` carries the noun."""
        streams, length, rows, _ = current.shape
        score = nodes.score.view(streams, length, rows)
        thing = (score > 0) & (nodes.kind.view(score.shape) == OBJECT)
        weight = self.attend(current).masked_fill(~thing[..., None], -1e4)
        here = ((weight[..., 0].softmax(dim=-1) * thing)[..., None] * current).sum(dim=2)
        there = current * score[..., None]
        token = self.token(torch.cat([there[:, :, 0], there[:, :, 1], current[:, :, -1], here], dim=-1))
        return token, weight[..., 1].flatten(1).softmax(dim=-1) * thing.flatten(1)


def _join_rows(first: Tensor, second: Tensor, streams: int) -> Tensor:
    """Rows of two tables of `G` equal clips, interleaved clip by clip: `[G, P + Q, ...]`."""
    return torch.cat([first.unflatten(0, (streams, -1)), second.unflatten(0, (streams, -1))], dim=1)


def _join(first: Nodes, second: Nodes) -> Nodes:
    streams = first.clips
    columns = {
        name: _join_rows(getattr(first, name), getattr(second, name), streams).flatten(0, 1)
        for name in ("feature", "box", "kind", "frame", "track", "score", "noun", "contact")
    }
    return Nodes(**columns, ptr=first.ptr + second.ptr)


def _remember(tracked: Tracked, current: Tensor, hidden: Tensor, valid: Tensor) -> StreamState:
    """Keep the last node state of every slot that was seen in the clip."""
    state = tracked.state
    last = last_rows(tracked.slot, state.slots)
    index = last.clamp(min=0)[..., None].expand(-1, -1, current.shape[-1])
    memory = torch.where((last >= 0)[..., None], current.gather(1, index), state.memory)
    return state.with_(memory=memory, hidden=hidden, clip=state.clip + valid.any(dim=1).long())

"""Asks a recogniser of clips under every condition, on the nodes that its eyes find in the videos of a split."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from egograph.errors import EgographError
from egograph.evaluation.competence import conditions
from egograph.evaluation.competence.conditions import Condition
from egograph.evaluation.competence.cost import Cost, cost_of
from egograph.evaluation.competence.degrade import DEGRADATIONS, NodeGrid, degrade, shuffle_within_frames
from egograph.evaluation.competence.eyes import Eyes
from egograph.evaluation.competence.rewire import rewired
from egograph.evaluation.competence.subject import Items, Right
from egograph.evaluation.video_batches import video_batches
from egograph.model import EgoGraph
from egograph.nn.recogniser import Recogniser
from egograph.nn.state import StreamState
from egograph.nodes.tracker import TrackerConfig
from egograph.training.dataset import Split
from egograph.training.frame_nodes import FrameNodes
from egograph.training.truth import ClipTruth, clip_truth

_COUNTED = 4  # videos
_PIXELS_LOST = (1 / 2, 2 / 3, 3 / 4, 5 / 6)


@dataclass(frozen=True)
class _Clip:
    video: int
    place: int
    truth: ClipTruth


class ClipSubject:
    """A model, and the clips of a split that lie mostly inside an action.

    Args:
        model: the model.
        eyes: find the nodes; shared by models whose eyes are the same.
        split: the videos.
        frames: frames a clip.
        subsets: verb–noun pairs by name, class indices; clips of these are told apart.

    Raises:
        EgographError: there are no such clips.
    """

    strengths: Mapping[str, tuple[float, ...]] = {**conditions.STRENGTHS, conditions.COARSE: _PIXELS_LOST}
    units: Mapping[str, str] = {**conditions.UNITS, conditions.COARSE: "share of the pixels of a side"}

    def __init__(
        self, model: EgoGraph, eyes: Eyes, split: Split, frames: int, subsets: Mapping[str, set[tuple[int, int]]]
    ) -> None:
        self.model, self.eyes, self.split, self.frames = model, eyes, split, frames
        self.clips = [clip for video in range(len(split.names)) for clip in _inside(split, video, frames)]
        if not self.clips:
            raise EgographError(f"{', '.join(split.names[:3])}: no clip lies mostly inside an action; give more videos")
        pairs = [(clip.truth.verb, clip.truth.noun) for clip in self.clips]
        of_subset = {name: np.array([pair in chosen for pair in pairs]) for name, chosen in subsets.items()}
        self.items = Items(np.array([clip.video for clip in self.clips]), of_subset)

    def right(self, condition: Condition, seed: int) -> Right:
        """See `Subject.right`."""
        rng = Generator().manual_seed(seed)
        nodes = self._nodes(condition, rng)
        recogniser = self.model.recogniser
        with rewired(recogniser.passing, condition, rng), _mistaken(recogniser, condition, rng):
            verb, noun = self._run(nodes, condition.name == conditions.ONE_FRAME, video_batches(self.split))
        right = {
            "verb": verb == np.array([clip.truth.verb for clip in self.clips]),
            "noun": noun == np.array([clip.truth.noun for clip in self.clips]),
        }
        both = right["verb"] & right["noun"]
        return {task: hits.astype(np.float64) for task, hits in (right | {"action": both}).items()}

    def cost(self) -> Cost:
        """See `Subject.cost`; an item is a clip. Counted in a few videos."""
        recogniser, nodes = self.model.recogniser, self.eyes.nodes()
        videos = range(min(_COUNTED, len(self.split.names)))
        clips = sum(-(-self.split.store.length(video) // self.frames) for video in videos)
        one_by_one = [[video] for video in videos]
        return cost_of(recogniser, recogniser.passing, lambda: self._run(nodes, False, one_by_one), clips)

    def _nodes(self, condition: Condition, rng: Generator) -> FrameNodes:
        name, strength = condition.name, condition.strength
        nodes = self.eyes.nodes(strength if name == conditions.COARSE else 0.0)
        if name == conditions.HANDS_SWAPPED:
            return _swapped(nodes)
        if name == conditions.FRAMES_DROPPED:
            return _frozen(nodes, self.split.store.offset, strength, rng)
        if name in DEGRADATIONS and name != conditions.COARSE:
            return _with_grid(nodes, degrade(_grid(nodes), name, strength, rng))
        return nodes

    @torch.inference_mode()
    def _run(
        self, nodes: FrameNodes, alone: bool, batches: Iterable[list[int]]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The likeliest verb and noun of the clips of some videos; `alone`, of a clip's last frame, without memory."""
        recogniser = self.model.recogniser
        offset = torch.from_numpy(self.split.store.offset)
        lengths = offset.diff()
        most = -(-int(lengths.max()) // self.frames)
        verb, noun = np.full((len(lengths), most), -1), np.full((len(lengths), most), -1)
        for videos in batches:
            state = recogniser.start(len(videos))
            for place in range(-(-int(lengths[videos].max()) // self.frames)):
                frame = place * self.frames + torch.arange(self.frames).expand(len(videos), -1)
                valid = frame < lengths[videos, None]
                row = offset[videos, None] + frame.minimum(lengths[videos, None] - 1)
                if alone:
                    row, valid = row[:, -1:], valid[:, :1]
                    state = recogniser.start(len(videos))
                seen = recogniser(nodes.clips(row, valid), valid, state)
                state = seen.state
                verb[videos, place] = seen.logits.verb.argmax(-1).numpy()
                noun[videos, place] = seen.logits.noun.argmax(-1).numpy()
        where = tuple(np.array([(clip.video, clip.place) for clip in self.clips]).T)
        return verb[where], noun[where]


def _inside(split: Split, video: int, frames: int) -> Iterator[_Clip]:
    length = split.store.length(video)
    for place, first in enumerate(range(0, length, frames)):
        truth = clip_truth(split.truths[video], first, min(first + frames, length))
        if truth.verb >= 0 and truth.noun >= 0:
            yield _Clip(video, place, truth)


@contextmanager
def _mistaken(recogniser: Recogniser, condition: Condition, rng: Generator) -> Iterator[None]:
    """Within the context, where identity is shuffled, objects continue each other's tracks."""
    match = recogniser.match

    def shuffled(box: Tensor, look: Tensor, present: Tensor, state: StreamState, config: TrackerConfig) -> Tensor:
        slot = match(box, look, present, state, config)
        return shuffle_within_frames(slot, torch.zeros_like(slot), slot >= 0, rng)

    if condition.name == conditions.IDENTITY_SHUFFLED:
        recogniser.match = shuffled
    try:
        yield
    finally:
        recogniser.match = match


def _grid(nodes: FrameNodes) -> NodeGrid:
    frame = torch.zeros_like(nodes.kind)
    return NodeGrid(nodes.score > 0, nodes.kind, frame, nodes.noun, nodes.box, nodes.contact, nodes.feature)


def _with_grid(nodes: FrameNodes, grid: NodeGrid) -> FrameNodes:
    score = torch.where(grid.present, nodes.score, 0.0)
    return replace(nodes, score=score, noun=grid.noun, box=grid.box, contact=grid.contact, feature=grid.look)


def _swapped(nodes: FrameNodes) -> FrameNodes:
    """What was the left hand's is the right hand's; their rows, and what says who touches what."""
    rows = [1, 0, *range(2, nodes.kind.shape[1])]
    columns = {name: getattr(nodes, name)[:, rows] for name in ("feature", "box", "score", "noun")}
    return replace(nodes, **columns, contact=nodes.contact[:, rows].flip(-1))


def _frozen(nodes: FrameNodes, offset: NDArray[np.int64], share: float, rng: Generator) -> FrameNodes:
    """Frames that never came: on the fixed clock, the frame before them stands still."""
    kept = torch.rand(len(nodes.kind), generator=rng) >= share
    kept[offset[:-1]] = True
    frame = torch.where(kept, torch.arange(len(kept)), 0).cummax(0).values
    columns = {name: getattr(nodes, name)[frame] for name in vars(nodes)}
    return FrameNodes(**columns)

"""Asks a recogniser of segments under every condition, on the annotated nodes of a split."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from egograph.data.epic import read_segments
from egograph.data.faults import Faults
from egograph.data.segment_table import ABSENT, NODE_COLUMNS, SegmentTable
from egograph.data.visor_segments import read_epic_classes
from egograph.data.visor_split import VisorDataConfig, VisorSplit
from egograph.evaluation.competence import conditions
from egograph.evaluation.competence.conditions import Condition
from egograph.evaluation.competence.cost import Cost, cost_of
from egograph.evaluation.competence.degrade import DEGRADATIONS, NodeGrid, degrade, shuffle_within_frames
from egograph.evaluation.competence.rewire import rewired
from egograph.evaluation.competence.subject import Items, Right
from egograph.evaluation.segment_score import open_table, score_segments
from egograph.metrics.epic_truth import TASKS, EpicTruth
from egograph.nn.segment_recogniser import SegmentRecogniser
from egograph.nodes.identity import Boxes, identities
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, SCENE, UNKNOWN_NOUN, UNTRACKED

_COUNTED = 64  # segments
_OF_IDENTITY = (conditions.RELABELLED, conditions.JITTERED, conditions.COARSE)  # names and boxes tell who is who


class SegmentSubject:
    """A recogniser of segments, and the segments of a split that have frames.

    Raises:
        EgographError: a list of tail classes, of participants or of training segments is absent or malformed.
    """

    strengths, units = conditions.STRENGTHS, conditions.UNITS

    def __init__(self, model: SegmentRecogniser, split: VisorSplit, data: VisorDataConfig) -> None:
        self.model = model
        self.truth = EpicTruth.of([entry.segment for entry in split.shown], data.epic)
        self.table = open_table(split, model.config)
        self.items = _items(self.truth, data)

    def right(self, condition: Condition, seed: int) -> Right:
        """See `Subject.right`."""
        rng = Generator().manual_seed(seed)
        table = changed(self.table, condition, rng)
        with rewired(self.model.passing, condition, rng):
            scores = score_segments(self.model, table)
        return {task: _hits(scores.ranked(task)[:, 0], self.truth.label[task]) for task in TASKS}

    def cost(self) -> Cost:
        """See `Subject.cost`; counted in a sample of the segments."""
        sample = self.table.take(torch.linspace(0, len(self.table) - 1, min(_COUNTED, len(self.table))).long())
        return cost_of(self.model, self.model.passing, lambda: score_segments(self.model, sample, batch=1), len(sample))


def _items(truth: EpicTruth, data: VisorDataConfig) -> Items:
    """The segments, and those of an unseen pair, of tail classes, and of unseen participants."""
    _, video = np.unique([segment.video for segment in truth.segments], return_inverse=True)
    labels = read_segments(data.epic / "EPIC_100_train.csv", Faults(strict=data.strict), read_epic_classes(data.epic))
    trained = {(segment.verb, segment.noun) for segment in labels}
    unseen = np.array([(segment.verb, segment.noun) not in trained for segment in truth.segments])
    subsets = {"unseen verb–noun pairs": unseen, "tail classes": truth.tail["action"]}
    return Items(video, subsets | {"unseen participants": truth.unseen})


def _hits(first: NDArray[np.int64], label: NDArray[np.int64]) -> NDArray[np.float64]:
    return (first == label).astype(np.float64)


def changed(table: SegmentTable, condition: Condition, rng: Generator) -> SegmentTable:
    """A table under a condition."""
    name = condition.name
    if name == conditions.HANDS_SWAPPED:
        left, right = table.kind == LEFT_HAND, table.kind == RIGHT_HAND
        kind = torch.where(left, RIGHT_HAND, torch.where(right, LEFT_HAND, table.kind))
        return table.with_(kind=kind, contact=table.contact[..., [1, 0, 2]])
    if name == conditions.IDENTITY_SHUFFLED:
        return table.with_(track=shuffle_within_frames(table.track, table.frame, table.kind == OBJECT, rng))
    if name == conditions.ONE_FRAME:
        return _without_frames(table, ~_last(table))
    if name == conditions.FRAMES_DROPPED:
        drawn = torch.rand(table.within.shape, generator=rng) < condition.strength
        return _without_frames(table, drawn & ~_last(table))
    if name in DEGRADATIONS:
        degraded = _with_nodes(table, degrade(_grid(table), name, condition.strength, rng))
        return _identified(degraded) if name in _OF_IDENTITY else degraded
    return table


def _identified(table: SegmentTable) -> SegmentTable:
    """Tracks made anew."""
    things = table.present & (table.kind != SCENE)
    track = torch.full_like(table.track, UNTRACKED)
    for place in range(len(table)):
        rows = [(things[place] & (table.frame[place] == frame)).nonzero()[:, 0] for frame in range(table.time.shape[1])]
        columns = (table.box[place].numpy(), table.kind[place].numpy(), table.noun[place].numpy())
        found = identities([Boxes(*(column[seen.numpy()] for column in columns)) for seen in rows])
        track[place, torch.cat(rows)] = torch.from_numpy(np.concatenate(found))
    return table.with_(track=track)


def _grid(table: SegmentTable) -> NodeGrid:
    contact = table.contact[..., :2]
    return NodeGrid(table.present, table.kind, table.frame, table.noun, table.box, contact, table.box[..., :0])


def _with_nodes(table: SegmentTable, grid: NodeGrid) -> SegmentTable:
    return _packed(
        table.with_(
            kind=torch.where(grid.present, grid.kind, ABSENT),
            noun=torch.where(grid.present, grid.noun, UNKNOWN_NOUN),
            box=grid.box,
            contact=torch.cat([grid.contact, table.contact[..., 2:]], dim=-1),
        )
    )


def _last(table: SegmentTable) -> Tensor:
    """The last frame of each segment itself: bool `[S, T]`."""
    place = torch.arange(table.within.shape[1])
    return place == torch.where(table.within, place, -1).amax(1, keepdim=True)


def _without_frames(table: SegmentTable, gone: Tensor) -> SegmentTable:
    kept = table.with_(time=table.time.masked_fill(gone, torch.nan), within=table.within & ~gone)
    return _with_nodes(kept, _grid(kept).only(~gone.gather(1, table.frame.clamp(min=0))))


def _packed(table: SegmentTable) -> SegmentTable:
    """The same nodes, the absent ones last."""
    order = (~table.present).long().argsort(dim=1, stable=True)

    def ordered(column: Tensor) -> Tensor:
        index = order if column.ndim == 2 else order[..., None].expand_as(column)
        return column.gather(1, index)

    return table.with_(**{name: ordered(getattr(table, name)) for name in NODE_COLUMNS})

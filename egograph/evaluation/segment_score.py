"""Scores a recogniser of segments: accuracies under the official keys, each with its interval."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from egograph.data.segment_table import SegmentTable, segment_table
from egograph.data.visor_split import VisorSplit
from egograph.evaluation.bootstrap import interval
from egograph.graph.triplets import carrying_triplets
from egograph.label import Triplet
from egograph.metrics.epic_truth import TASKS, EpicTruth, action_id
from egograph.nn.segment_recogniser import SegmentRecogniser, SegmentRecogniserConfig, SegmentRecognition

_BATCH = 128


@dataclass(frozen=True)
class SegmentScores:
    """Log-probabilities of `S` segments: verb `[S, V]` and noun `[S, C]`, each over all pairs, and the pairs' best 5.

    Attributes:
        verb: `[S, V]`.
        noun: `[S, C]`.
        action: int64 `[S, 5]`, ids as `action_id` makes them, best first.
    """

    verb: Tensor
    noun: Tensor
    action: Tensor

    def ranked(self, task: str) -> NDArray[np.int64]:
        """The five best classes of a task, best first: int64 `[S, ≤ 5]`."""
        if task == "action":
            return self.action.numpy()
        scores: Tensor = getattr(self, task)
        return scores.topk(min(5, scores.shape[1]), dim=-1).indices.numpy()


def _recognised(model: SegmentRecogniser, table: SegmentTable, batch: int = _BATCH) -> Iterator[SegmentRecognition]:
    """What the model says of a table, batch by batch."""
    for rows in torch.arange(len(table)).split(batch):
        yield model(table.take(rows))


@torch.inference_mode()
def score_segments(model: SegmentRecogniser, table: SegmentTable, batch: int = _BATCH) -> SegmentScores:
    """Run the model, as loading or training left it, over all segments of a table, so many at once."""
    verbs, nouns, actions = [], [], []
    for seen in _recognised(model, table, batch):
        verb, noun = model.prior(seen.verb, seen.noun)
        verbs.append(verb)
        nouns.append(noun)
        best = model.prior.pair(seen.verb, seen.noun).flatten(1).topk(5, dim=-1).indices
        actions.append(torch.from_numpy(action_id(*np.divmod(best.numpy(), noun.shape[1]))))
    return SegmentScores(torch.cat(verbs), torch.cat(nouns), torch.cat(actions))


@torch.inference_mode()
def segment_triplets(
    model: SegmentRecogniser, table: SegmentTable, nouns: Sequence[str]
) -> Iterator[tuple[Triplet, ...]]:
    """Of each segment the triplets that carried its noun, strongest first; see `carrying_triplets`."""
    for seen in _recognised(model, table):
        for place, pointer in enumerate(seen.pointer):
            yield carrying_triplets(seen.graph.clip(place), pointer, nouns)


def open_table(split: VisorSplit, config: SegmentRecogniserConfig) -> SegmentTable:
    """The segments of a split that have frames, laid out for a recogniser."""
    return segment_table(split.shown, config.past, config.within, len(split.classes.nouns))


def accuracies(scores: SegmentScores, split: VisorSplit, epic: Path) -> dict[str, dict[str, float]]:
    """Accuracies in percent under the keys of `epic100-recognition`, of the segments that have frames.

    Returns:
        For each key `value`, and `low` and `high`: a 95 % bootstrap interval over videos.
    """
    truth = EpicTruth.of([entry.segment for entry in split.shown], epic)
    videos = sorted({segment.video for segment in truth.segments})
    video = np.array([videos.index(segment.video) for segment in truth.segments])
    found = {}
    for task in TASKS:
        hits = scores.ranked(task) == truth.label[task][:, None]
        for subset, rows in truth.subsets(task, "all").items():
            for k in (1, 5) if subset == "all" else (1,):
                right = 100.0 * hits[rows, :k].any(axis=1)
                low, high = interval(right, video[rows])
                value = {"value": float(right.mean()), "low": low, "high": high}
                found[f"{subset}_{task}_accuracy_at_{k}"] = value
    return found

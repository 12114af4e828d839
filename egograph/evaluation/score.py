"""Scores a trained model, or its control, on a split: actions per clip, hands, contacts, abstention."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from egograph.baseline import FrameBaseline
from egograph.evaluation.action_accuracy import ActionAccuracy, action_accuracy
from egograph.evaluation.contact_f1 import ContactCount
from egograph.evaluation.hand_ap import HandAP
from egograph.evaluation.video_batches import video_batches
from egograph.model import EgoGraph, clip_summary
from egograph.nn.calibration import Judgement
from egograph.nn.temporal_head import ActionLogits
from egograph.nodes.layout import lay_out
from egograph.nodes.query import found
from egograph.training.dataset import Split
from egograph.training.detection_loss import BoxTruth
from egograph.training.truth import clip_truth


@dataclass(frozen=True)
class ClipTable:
    """One row for each clip of a split.

    Attributes:
        logits: the model's, `[N, …]`.
        summary: `[N, D]`, the clips' scene summaries (the control has none: `[N, 0]`).
        verb: int64 `[N]`, the true class index, -1 outside actions.
        noun: int64 `[N]`.
        acting: int64 `[N]`, 1 inside an action, 0 outside any, -1 in between.
        whole: bool `[N]`, all of the clip is inside its action.
    """

    logits: ActionLogits
    summary: Tensor
    verb: Tensor
    noun: Tensor
    acting: Tensor
    whole: Tensor

    def wholly_inside(self) -> "ClipTable":
        """The same clips, those at the edge of an action without a true class."""
        return replace(self, verb=self.verb.where(self.whole, -1), noun=self.noun.where(self.whole, -1))

    def accuracy(self) -> ActionAccuracy:
        """Top-1 accuracies inside actions."""
        return action_accuracy(self.logits.verb.argmax(-1), self.logits.noun.argmax(-1), self.verb, self.noun)


@dataclass(frozen=True)
class BoxScore:
    """Shares in 0..1: AP50 of hands, F1 of hand–object links, F1 of 'this hand touches something'."""

    hand_ap50: float
    contact_f1: float
    contact_state_f1: float


@dataclass(frozen=True)
class _Step:
    """One clip of each of `B` videos: pixels `[B, T, h, w, 3]`, valid `[B, T]`; `live` are those not yet at an end."""

    pixels: Tensor
    valid: Tensor
    video: list[int]
    first: int
    live: list[int]


@torch.inference_mode()
def score_graph(model: EgoGraph, split: Split, frames: int, batch: int = 16) -> tuple[ClipTable, BoxScore]:
    """Run the model over every clip of every video, with each video's state carried along."""
    model.eval()
    hands, contacts, rows = HandAP(), ContactCount(), _Rows()
    for videos in video_batches(split, batch):
        state = model.start(len(videos))
        for step in _steps(split, videos, frames):
            patches = model.encoder(step.pixels.flatten(0, 1).to(model.device))
            extraction = model.extractor(patches)
            nodes = lay_out(found(extraction), step.valid.to(model.device))
            recognition = model.recogniser(nodes, step.valid.to(model.device), state)
            state = recognition.state
            rows.add(step, split, recognition.logits, clip_summary(nodes, step.valid.to(model.device)), frames)
            truth, index = _annotated(split, step, frames)
            reading = extraction.frames(index).reading
            score = reading.score.sigmoid()
            hands.add(reading.box, score, truth)
            contacts.add(reading.box, score, reading.contact.softmax(-1), truth)
    return rows.table(), BoxScore(hands.ap50(), contacts.link_f1, contacts.state_f1)


@torch.inference_mode()
def score_baseline(model: FrameBaseline, split: Split, frames: int, batch: int = 16) -> ClipTable:
    """Run the control over every clip of every video."""
    model.eval()
    rows = _Rows()
    for videos in video_batches(split, batch):
        hidden = model.start(len(videos))
        for step in _steps(split, videos, frames):
            tokens = model.frame_tokens(step.pixels.flatten(0, 1)).unflatten(0, tuple(step.valid.shape))
            logits, hidden = model(tokens, step.valid, hidden)
            rows.add(step, split, logits, logits.verb.new_zeros(len(videos), 0), frames)
    return rows.table()


@dataclass(frozen=True)
class Abstention:
    """How a calibrated model judges clips inside actions.

    Attributes:
        abstained: the share that it abstains on.
        kept_accuracy: the share of the others whose action is right.
        outside: the share of clips outside any action that it abstains on.
    """

    abstained: float
    kept_accuracy: float
    outside: float


def abstention(judgement: Judgement, table: ClipTable) -> Abstention:
    """Count what the judgement abstains on."""
    inside = (table.verb >= 0) & (table.noun >= 0)
    right = (judgement.verb.argmax(-1) == table.verb) & (judgement.noun.argmax(-1) == table.noun)
    kept = inside & ~judgement.abstain
    return Abstention(
        abstained=_share(judgement.abstain[inside]),
        kept_accuracy=_share(right[kept]),
        outside=_share(judgement.abstain[table.acting == 0]),
    )


def _share(flags: Tensor) -> float:
    return float(flags.float().mean()) if len(flags) else float("nan")


class _Rows:
    def __init__(self) -> None:
        self.parts: list[ClipTable] = []

    def add(self, step: _Step, split: Split, logits: ActionLogits, summary: Tensor, frames: int) -> None:
        live = torch.tensor(step.live)
        truth = [
            clip_truth(
                split.truths[step.video[row]],
                step.first,
                min(step.first + frames, _length(split, step.video[row])),
            )
            for row in step.live
        ]
        self.parts.append(
            ClipTable(
                ActionLogits(logits.verb[live].cpu(), logits.noun[live].cpu(), logits.acting[live].cpu()),
                summary[live].cpu(),
                torch.tensor([part.verb for part in truth]),
                torch.tensor([part.noun for part in truth]),
                torch.tensor([part.acting for part in truth]),
                torch.tensor([part.whole for part in truth]),
            )
        )

    def table(self) -> ClipTable:
        def cat(name: str) -> Tensor:
            return torch.cat([getattr(part, name) for part in self.parts])

        logits = ActionLogits(
            *(torch.cat([getattr(part.logits, name) for part in self.parts]) for name in ("verb", "noun", "acting"))
        )
        return ClipTable(logits, cat("summary"), cat("verb"), cat("noun"), cat("acting"), cat("whole"))


def _length(split: Split, video: int) -> int:
    return split.store.length(video)


def _steps(split: Split, videos: list[int], frames: int) -> Iterator[_Step]:
    longest = max(_length(split, video) for video in videos)
    for first in range(0, longest, frames):
        pixels = np.zeros((len(videos), frames, *split.store.pixels.shape[1:]), dtype=np.uint8)
        valid = np.zeros((len(videos), frames), dtype=bool)
        for row, video in enumerate(videos):
            start = int(split.store.offset[video]) + first
            part = split.store.pixels[start : min(start + frames, int(split.store.offset[video + 1]))]
            if len(part):
                pixels[row, : len(part)], pixels[row, len(part) :] = part, part[-1]
                valid[row, : len(part)] = True
        live = [row for row in range(len(videos)) if valid[row, 0]]
        yield _Step(torch.from_numpy(pixels), torch.from_numpy(valid), videos, first, live)


def _annotated(split: Split, step: _Step, frames: int) -> tuple[BoxTruth, Tensor]:
    """The truth of the annotated frames of a step, and which of its `B·T` frames they are."""
    rows = [
        (row * frames + offset, split.truths[video], step.first + offset)
        for row, video in enumerate(step.video)
        for offset in range(frames)
        if step.first + offset < _length(split, video) and split.truths[video].annotated[step.first + offset]
    ]

    def gather(name: str) -> Tensor:
        if not rows:
            return torch.from_numpy(getattr(split.truths[0], name)[:0])
        return torch.from_numpy(np.stack([getattr(truth, name)[frame] for _, truth, frame in rows]))

    truth = BoxTruth(*(gather(name) for name in ("box", "kind", "noun", "touches")))
    return truth, torch.tensor([index for index, _, _ in rows], dtype=torch.int64)

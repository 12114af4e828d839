"""Pretraining by masked nouns: a share of the nouns is hidden, and named from the other nodes and the edges to them."""

import torch
from torch import Tensor, nn

from egograph.data.segment_table import SegmentTable
from egograph.data.visor_split import VisorSplit
from egograph.encoders.precision import mixed_precision
from egograph.evaluation.segment_score import open_table
from egograph.nn.segment_recogniser import SegmentRecogniser
from egograph.nodes.nodes import OBJECT, UNKNOWN_NOUN
from egograph.training.progress import losses_bar, progress_bars
from egograph.training.segment_task import SegmentTask
from egograph.training.train_segments import SegmentTrainConfig, basis_of
from egograph.training.trainer import StageConfig, run_stage

_HIDDEN = 0.3
PRETRAINING = StageConfig(steps=300, size=128)


class NounTeller(nn.Module):
    """Names every node from its state after message passing.

    Args:
        model: the recogniser whose nodes are read.
        nouns: how many classes there are.
    """

    def __init__(self, model: SegmentRecogniser, nouns: int) -> None:
        super().__init__()
        self.model = model
        self.noun = nn.Linear(model.config.dim, nouns)

    def forward(self, table: SegmentTable) -> Tensor:
        """Noun logits `[S, N, C]`."""
        states: list[Tensor] = []
        hook = self.model.passing.register_forward_hook(lambda _module, _given, state: states.append(state))
        self.model(table)
        hook.remove()
        named: Tensor = self.noun(states[0].view(*table.kind.shape, -1))
        return named.float()


class MaskedNouns(SegmentTask):
    """One stage: of each segment three in ten nouns are hidden, on every frame, and named."""

    def losses(self, batch: SegmentTable) -> dict[str, Tensor]:
        """Cross-entropy of the hidden nouns."""
        teller = self.module
        assert isinstance(teller, NounTeller)
        named = (batch.kind == OBJECT) & (batch.noun >= 0)
        draw = torch.rand(len(batch), teller.noun.out_features) < _HIDDEN
        hidden = named & draw.gather(1, batch.noun.clamp(min=0))
        with mixed_precision(batch.kind.device):
            logits = teller(batch.with_(noun=torch.where(hidden, UNKNOWN_NOUN, batch.noun)))
        return {"noun": nn.functional.cross_entropy(logits[hidden], batch.noun[hidden])}


def pretrained(config: SegmentTrainConfig, split: VisorSplit) -> SegmentRecogniser:
    """Pretrain a model on the segments of a split, then train it on them as `train_segments` does.

    Args:
        config: of the training; its output folder keeps the checkpoints of both stages, and is gone on from.
        split: the training segments.
    """
    table = open_table(split, config.recogniser)
    torch.manual_seed(config.seed)
    model = SegmentRecogniser(config.recogniser, split.pairs)
    teller = NounTeller(model, split.pairs.shape[1])
    config.output.mkdir(parents=True, exist_ok=True)
    basis = basis_of(config, split, table)
    stages = (
        (MaskedNouns(teller, table, PRETRAINING.size, config.looks, "masked"), PRETRAINING),
        (SegmentTask(model, table, config.segments.size, config.looks), config.segments),
    )
    for task, stage in stages:
        with progress_bars() as bars:
            run_stage(task, stage, config.seed, config.output, basis, losses_bar(bars, task.name, stage.steps))
    return model

"""The methods that are compared: the graph model, networks that differ from it in one thing, trees, and constants."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from features import LabelCounts
from masked import pretrained
from numpy.typing import NDArray
from torch import Tensor
from trees import tree_scores

from egograph.cli.main import main as egograph
from egograph.data.segment_table import SegmentTable, segment_table
from egograph.data.visor_split import VisorDataConfig, VisorSplit
from egograph.evaluation.segment_score import SegmentScores, open_table, score_segments
from egograph.metrics.epic_truth import TASKS, EpicTruth, action_id
from egograph.nn.action_prior import pointwise_mutual_information
from egograph.nn.segment_recogniser import SegmentRecogniser
from egograph.nodes.nodes import OBJECT
from egograph.segment_checkpoint import load_segment_model
from egograph.training.train_segments import SegmentTrainConfig

MAIN, CONTROL = "graph", "without graph"
EDGES, NEITHER = "relations by edges alone", "without any relations"
PAST = WITHIN = 6
NETWORKS = {
    MAIN: [],
    CONTROL: ["recogniser.message_passing.layer=none"],
    EDGES: ["recogniser.relational_features=false"],
    NEITHER: ["recogniser.relational_features=false", "recogniser.message_passing.layer=none"],
    "node transformer, all pairs": ["recogniser.graph.edges=all"],
    "all pairs, without any relations": ["recogniser.relational_features=false", "recogniser.graph.edges=all"],
    "PyG TransformerConv": ["recogniser.message_passing.layer=TransformerConv"],
    "PyG GATv2Conv": ["recogniser.message_passing.layer=GATv2Conv"],
    "PyG HGTConv": ["recogniser.message_passing.layer=HGTConv"],
    "sequence length 1": ["recogniser.past=0", "recogniser.within=1"],
    "without past": ["recogniser.past=0"],
}
TRIED = {
    "64 channels": ["recogniser.dim=64"],
    "900 steps": ["segments.steps=900"],
    "three frames before the segment": ["recogniser.past=3"],
    "twice as many nodes and nouns missed": ["looks.missed=0.2", "looks.unnamed=0.2"],
}
_TREES_TRUST_PAIRS = 0.5  # weight of the labels' co-occurrence, chosen on folds of the training participants
Hits = dict[str, NDArray[np.float64]]
Method = Callable[[int], tuple[Hits, int]]  # from a seed to what is right, and how many weights it took


@dataclass(frozen=True)
class Data:
    """What is trained on and what is asked for, and the truth of that; of a fold, which one is kept from training."""

    config: VisorDataConfig
    train: VisorSplit
    test: VisorSplit
    truth: EpicTruth
    fold: int | None = None

    @property
    def pairs(self) -> Tensor:
        """Counts of the training labels, `[V, C]`."""
        return self.train.pairs

    def table(self, split: VisorSplit, past: int) -> SegmentTable:
        """A split laid out."""
        return segment_table(split.shown, past, WITHIN, len(split.classes.nouns))


def hits(scores: SegmentScores, truth: EpicTruth) -> Hits:
    """For each task whether the best, and whether one of the best five, is right: `[S]`."""
    found = {}
    for task in TASKS:
        right = scores.ranked(task) == truth.label[task][:, None]
        found[f"{task}@1"], found[f"{task}@5"] = right[:, 0].astype(float), right.any(1).astype(float)
    return found


def from_logits(verb: Tensor, noun: Tensor, pairs: Tensor, weight: float) -> SegmentScores:
    """Scores of verbs `[S, V]` and nouns `[S, C]` that a method gives by themselves."""
    score = verb[:, :, None] + noun[:, None] + weight * pointwise_mutual_information(pairs)
    best = score.flatten(1).topk(5).indices.numpy()
    action = torch.from_numpy(action_id(*np.divmod(best, noun.shape[1])))
    return SegmentScores(score.logsumexp(2), score.logsumexp(1), action)


def folder_of(name: str, seed: int, folder: Path) -> Path:
    """Where what a method trains with a seed is kept."""
    return folder / re.sub(r"\W+", "_", name) / f"seed{seed}"


def trained(name: str, seed: int, config: VisorDataConfig, folder: Path, fold: int | None = None) -> Path:
    """Trains a network with a seed, where a run before this did not, and says where it lies."""
    output = folder_of(name, seed, folder)
    where = [f"data.visor={config.visor}", f"data.epic={config.epic}", f"output={output}"]
    if fold is not None:
        where.append(f"fold={fold}")
        output /= f"fold{fold}"
    if code := egograph(["train", "experiment=epic100_visor", f"seed={seed}", *where, *(NETWORKS | TRIED)[name]]):
        raise SystemExit(code)
    return output


def network(name: str, data: Data, folder: Path) -> Method:
    """Trains a network with a seed and asks it."""

    def run(seed: int) -> tuple[Hits, int]:
        return _answers(load_segment_model(trained(name, seed, data.config, folder, data.fold))[0], data)

    return run


def pretraining(data: Data, folder: Path) -> Method:
    """Trains the graph model with a seed after pretraining by masked nouns, and asks it."""

    def run(seed: int) -> tuple[Hits, int]:
        output = folder_of("pretrained by masked nouns", seed, folder) / f"fold{data.fold}"
        return _answers(pretrained(SegmentTrainConfig(output, data.config, seed=seed), data.train), data)

    return run


def _answers(model: SegmentRecogniser, data: Data) -> tuple[Hits, int]:
    scores = score_segments(model, open_table(data.test, model.config))
    return hits(scores, data.truth), sum(weight.numel() for weight in model.parameters())


def trees(data: Data, past: int) -> Method:
    """Trains trees with a seed and asks them."""
    labels = LabelCounts(data.pairs.double().numpy())
    people = [entry.segment.participant for entry in data.train.shown]

    def run(seed: int) -> tuple[Hits, int]:
        train, test = data.table(data.train, past), data.table(data.test, past)
        verb, noun = (torch.from_numpy(scores) for scores in tree_scores(train, people, test, labels, seed))
        return hits(from_logits(verb, noun, data.pairs, _TREES_TRUST_PAIRS), data.truth), 0

    return run


def majority(data: Data) -> Hits:
    """The commonest classes of the training segments, whatever is seen."""
    labels = torch.tensor([[entry.segment.verb, entry.segment.noun] for entry in data.train.shown])
    verbs, nouns = data.pairs.shape
    verb = torch.bincount(labels[:, 0], minlength=verbs).double().expand(len(data.test.shown), -1)
    noun = torch.bincount(labels[:, 1], minlength=nouns).double().expand(len(data.test.shown), -1)
    action = torch.bincount(labels[:, 0] * nouns + labels[:, 1], minlength=verbs * nouns).topk(5).indices.numpy()
    best = torch.from_numpy(action_id(*np.divmod(action, nouns))).expand(len(data.test.shown), -1)
    return hits(SegmentScores(verb, noun, best), data.truth)


def most_contacted(data: Data) -> Hits:
    """The noun of the object that is touched in most of the segment's frames; the largest where several are."""
    table = data.table(data.test, past=0)
    area = (table.box[..., 2:] - table.box[..., :2]).prod(-1)
    touched = (table.contact[..., :2].amax(-1) > 0) & (table.kind == OBJECT) & (table.noun >= 0)
    weight = torch.where(touched, 1 + 1e-3 * area, torch.where(table.noun >= 0, 1e-6 * area, 0.0))
    noun = torch.zeros(len(table), data.pairs.shape[1]).scatter_add(1, table.noun.clamp(min=0), weight)
    scores = SegmentScores(torch.zeros(len(table), data.pairs.shape[0]), noun, torch.zeros(len(table), 5).long())
    return {name: right for name, right in hits(scores, data.truth).items() if name.startswith("noun")}


def methods_on(data: Data, folder: Path) -> dict[str, Method]:
    """All methods by name; what they train is kept in a folder."""
    return {
        MAIN: network(MAIN, data, folder),
        "majority": lambda _: (majority(data), 0),
        "most contacted object": lambda _: (most_contacted(data), 0),
        "trees, segment only": trees(data, past=0),
        "trees with causal past": trees(data, past=PAST),
    } | {name: network(name, data, folder) for name in NETWORKS}


def tried_on(data: Data, folder: Path) -> dict[str, Method]:
    """The graph model beside what was tried to better it."""
    return {
        MAIN: network(MAIN, data, folder),
        "pretrained by masked nouns": pretraining(data, folder),
    } | {name: network(name, data, folder) for name in TRIED}

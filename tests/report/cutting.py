"""Clips in which the right hand cuts an onion, made by hand."""

from dataclasses import replace

import numpy as np
import torch

from egograph.graph.scene_graph import RELATIONS, SceneGraph
from egograph.label import ActionLabel
from egograph.pipeline import ClipSpan, LabelledClip
from egograph.video.clip import Clip
from tests.tables import frame_table

NOUNS = ("knife", "onion", "bowl")
LEFT, RIGHT, KNIFE, ONION, BOWL, SCENE = range(6)
ROWS, FRAMES = 6, 4
BOXES = (
    (0.05, 0.6, 0.25, 0.95),
    (0.6, 0.5, 0.8, 0.8),
    (0.45, 0.45, 0.65, 0.55),
    (0.35, 0.5, 0.55, 0.7),
    (0.7, 0.05, 0.95, 0.3),
    (0.0, 0.0, 1.0, 1.0),
)


def cutting_graph(bowl_score: float = 0.0) -> SceneGraph:
    """In each of 4 frames the right hand touches the knife, and the knife is over the onion, which moves right."""
    box = torch.tensor(BOXES).repeat(FRAMES, 1, 1)
    box[:, ONION, 0::2] += torch.arange(FRAMES)[:, None] / 50
    score = torch.tensor([0.9, 0.95, 0.8, 0.7, bowl_score, 1.0]).repeat(FRAMES, 1)
    nodes = frame_table(box, score)
    nodes = nodes.with_(track=torch.arange(ROWS).repeat(FRAMES))
    pairs = [(RIGHT, KNIFE, "contact", 0.9), (KNIFE, ONION, "overlap", 0.6), (LEFT, ONION, "proximity", 0.4)]
    both = [(a, b, relation, p) for first, second, relation, p in pairs for a, b in ((first, second), (second, first))]
    edges = [(frame * ROWS + a, frame * ROWS + b, r, p) for frame in range(FRAMES) for a, b, r, p in both]
    return SceneGraph(
        nodes,
        torch.tensor([[edge[0] for edge in edges], [edge[1] for edge in edges]]),
        torch.tensor([RELATIONS.index(edge[2]) for edge in edges]),
        torch.tensor([edge[3] for edge in edges]),
    )


def cutting_label(clip: int = 0, *, confidence: float = 0.8, abstain: bool = False, verb: str = "cut") -> ActionLabel:
    """The label of a clip of half a second."""
    ranked = ((f"{verb} onion", 0.7), ("peel onion", 0.1))
    return ActionLabel(
        stream="kitchen",
        clip=clip,
        start=clip / 2,
        stop=clip / 2 + 0.5,
        verb=verb,
        verb_p=0.9,
        noun="onion",
        noun_p=0.8,
        action=f"{verb} onion",
        action_p=0.7,
        top5={"verb": ((verb, 0.9), ("peel", 0.1)), "noun": (("onion", 0.8), ("bowl", 0.1)), "action": ranked},
        confidence=confidence,
        abstain=abstain,
        age_ms=100 + clip,
        triplets=(("right hand", "contact", "knife", 0.9),),
    )


def labelled(label: ActionLabel, height: int = 48, width: int = 64) -> tuple[Clip, LabelledClip]:
    """A grey clip with this label."""
    clip = Clip(
        stream=label.stream,
        index=label.clip,
        frames=np.full((FRAMES, height, width, 3), 110, np.uint8),
        times=label.start + np.arange(FRAMES) / 8,
        valid=np.ones(FRAMES, np.bool_),
        start=label.start,
        stop=label.stop,
    )
    return clip, LabelledClip(ClipSpan.of(clip), label, cutting_graph())


def of_stream(label: ActionLabel, stream: str) -> ActionLabel:
    """The same label of another stream."""
    return replace(label, stream=stream)

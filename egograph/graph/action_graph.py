"""A labelled clip as an action scene graph: its verb, what it is done to, and with what."""

from torch import Tensor

from egograph.data.classes import Vocabulary
from egograph.data.easg import ActionGraph, Box, Part, verb_graph
from egograph.graph.scene_graph import RELATIONS
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, UNTRACKED
from egograph.pipeline import LabelledClip

_HANDS = {LEFT_HAND: "left_hand", RIGHT_HAND: "right_hand"}
_OBJECT, _WITH = RELATIONS.index("dobj"), RELATIONS.index("with")


def easg_classes(vocabulary: Vocabulary) -> Vocabulary:
    """A model's verbs and nouns, and hands, which EASG counts among the objects."""
    return Vocabulary(vocabulary.verbs, (*vocabulary.nouns, *_HANDS.values()))


def clip_action(clip: LabelledClip, vocabulary: Vocabulary, least: float) -> ActionGraph | None:
    """What a clip's label and graph say as EASG would: the first, the middle and the last frame are its moments.

    Frames are numbered by the ticks of the stream's clock.

    The direct object is the tracked object of the label's noun that hands touch most; the action is done with the hands
    and the other objects that are in contact.

    Args:
        clip: the clip.
        vocabulary: the model's.
        least: the probability of contact from which something takes part.

    Returns:
        None where nothing takes part.
    """
    nodes = clip.graph.nodes
    length = int(clip.span.valid.sum())
    shown = [0, length // 2, length - 1]
    classes = easg_classes(vocabulary)
    contact = nodes.contact.amax(dim=1)
    tracks = nodes.track[(nodes.frame >= 0) & (nodes.score > 0)].unique().tolist()
    rows = {track: (nodes.track == track) & (nodes.frame >= 0) & (nodes.score > 0) for track in tracks}
    touched = {track: float(contact[row].max()) for track, row in rows.items() if track != UNTRACKED}
    named = [track for track in touched if _noun(clip, rows[track], vocabulary) == clip.label.noun]
    direct = max(named, key=lambda track: touched[track], default=UNTRACKED)
    parts = []
    for track in sorted(touched, key=lambda track: (track != direct, track)):
        name = _noun(clip, rows[track], vocabulary)
        if name is not None and (track == direct or touched[track] >= least):
            boxes = tuple(_boxes(nodes.box, rows[track] & (nodes.frame == frame)) for frame in shown)
            parts.append(Part(classes.noun_index(name), _OBJECT if track == direct else _WITH, boxes))
    parts = [part for part in parts if any(part.boxes)]
    if not parts:
        return None
    graph = verb_graph(classes.verb_index(clip.label.verb), parts, classes)
    before = clip.span.index * len(clip.span.valid)
    frames = (before + shown[0], before + shown[1], before + shown[2])
    return ActionGraph(f"{clip.span.stream}_{clip.span.index:06d}", "egograph", frames, graph)


def _noun(clip: LabelledClip, rows: Tensor, vocabulary: Vocabulary) -> str | None:
    """What a track is called; None for the scene and for what has no name."""
    nodes = clip.graph.nodes
    kind, noun = int(nodes.kind[rows][0]), int(nodes.noun[rows][-1])
    if kind in _HANDS:
        return _HANDS[kind]
    return vocabulary.nouns[noun] if kind == OBJECT and noun >= 0 else None


def _boxes(box: Tensor, rows: Tensor) -> tuple[Box, ...]:
    return tuple((left, top, right, bottom) for left, top, right, bottom in box[rows].tolist())

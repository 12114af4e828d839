"""A graph in words."""

import torch

from egograph.graph.scene_graph import RELATIONS, SceneGraph
from egograph.graph.triplets import carrying_triplets, frame_triplets
from tests.tables import frame_table

NOUNS = ("knife", "onion")
LEFT, RIGHT, KNIFE, ONION, SCENE = range(5)


def graph() -> SceneGraph:
    """One frame: the right hand touches the knife, the knife is over the onion, both said in both directions."""
    nodes = frame_table(torch.rand(1, 5, 4))
    rows = [
        (KNIFE, RIGHT, "contact", 0.9), (RIGHT, KNIFE, "contact", 0.9),
        (KNIFE, ONION, "overlap", 0.5), (ONION, KNIFE, "overlap", 0.5),
        (LEFT, ONION, "contact", 0.2), (SCENE, KNIFE, "scene", 1.0),
    ]  # fmt: skip
    return SceneGraph(
        nodes,
        torch.tensor([[row[0] for row in rows], [row[1] for row in rows]]),
        torch.tensor([RELATIONS.index(row[2]) for row in rows]),
        torch.tensor([row[3] for row in rows]),
    )


def rounded(triplets: tuple[tuple[str, str, str, float], ...]) -> list[tuple[str, str, str, float]]:
    return [(a, relation, b, round(p, 3)) for a, relation, b, p in triplets]


def test_a_frame_in_words_says_each_pair_once_hands_first() -> None:
    assert rounded(frame_triplets(graph(), NOUNS, frame=0)) == [
        ("right hand", "contact", "knife", 0.9),
        ("knife", "overlap", "onion", 0.5),
    ]
    assert frame_triplets(graph(), NOUNS, frame=1) == ()


def test_what_was_attended_comes_first() -> None:
    attention = torch.tensor([0.0, 0.0, 0.0, 1.0, 0.0])
    triplets = carrying_triplets(graph(), attention, NOUNS)
    assert rounded(triplets)[0] == ("knife", "overlap", "onion", 0.5)
    assert ("left hand", "contact", "onion", 0.2) in rounded(triplets)

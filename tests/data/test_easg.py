import json
from pathlib import Path
from typing import Any

import pytest
import torch

from egograph.data.classes import Vocabulary
from egograph.data.easg import ActionGraph, read_easg, read_easg_classes, write_easg
from egograph.data.faults import Faults
from egograph.errors import EgographError
from egograph.graph.pyg import from_hetero, to_hetero
from egograph.graph.scene_graph import RELATIONS
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND, VERB
from tests.graph.test_pyg import assert_same

CLASSES = Vocabulary(("take", "wash"), ("pack", "table", "left_hand", "both_hands"))


def edge(obj: str = "pack", rel: str = "dobj", verb: str = "take", **bbox: Any) -> dict[str, Any]:
    return {"obj": obj, "verb": verb, "rel": rel, "bbox": bbox or {"pnr": [[0.25, 0.5, 0.25, 0.25]]}}


def write(folder: Path, *edges: Any, **changed: Any) -> Path:
    entry = {"annotations": {"a": list(edges)}, "clip_frame_number": {"pre": 3, "pnr": 5, "post": 9}}
    path = folder / "easg_val.json"
    path.write_text(json.dumps({"clip_000005": entry | changed}))
    return path


def read_one(path: Path) -> ActionGraph:
    [found] = read_easg(path, CLASSES)
    return found


def test_a_verb_points_at_every_box_of_what_takes_part(tmp_path: Path) -> None:
    pack = edge(pre=[[0.1, 0.2, 0.3, 0.4]], post=[[0.5, 0.5, 0.25, 0.25]])
    found = read_one(write(tmp_path, pack, edge("table", "from"), edge("left_hand", "with")))
    nodes = found.graph.nodes
    assert (found.moment, found.annotation, found.frames) == ("clip_000005", "a", (3, 5, 9))
    assert nodes.kind.tolist() == [VERB, OBJECT, OBJECT, OBJECT, LEFT_HAND]
    assert nodes.noun.tolist() == [0, 0, 0, 1, 2]
    assert nodes.frame.tolist() == [1, 0, 2, 1, 1]
    assert nodes.track.tolist() == [-1, 0, 0, 1, 2]
    torch.testing.assert_close(nodes.box[1], torch.tensor([0.1, 0.2, 0.4, 0.6]))
    assert found.graph.edge_index.tolist() == [[0, 0, 0, 0], [1, 2, 3, 4]]
    assert [RELATIONS[relation] for relation in found.graph.relation] == ["dobj", "dobj", "from", "with"]


def test_two_hands_are_told_apart_by_where_they_are(tmp_path: Path) -> None:
    hands = edge("both_hands", "with", pnr=[[0.7, 0.4, 0.1, 0.2], [0.2, 0.4, 0.1, 0.2]])
    nodes = read_one(write(tmp_path, hands)).graph.nodes
    assert nodes.kind.tolist() == [VERB, LEFT_HAND, RIGHT_HAND]
    assert nodes.box[1:, 0].tolist() == pytest.approx([0.2, 0.7])


def test_an_edge_that_is_given_twice_comes_once_and_one_thing_may_take_part_in_two_ways(tmp_path: Path) -> None:
    graph = read_one(write(tmp_path, edge(), edge(), edge(rel="in"))).graph
    assert len(graph.nodes) == 2
    assert [RELATIONS[relation] for relation in graph.relation] == ["dobj", "in"]


def test_boxes_are_clipped_to_the_frame(tmp_path: Path) -> None:
    nodes = read_one(write(tmp_path, edge(pnr=[[-0.1, 0.9, 0.3, 0.2]]))).graph.nodes
    torch.testing.assert_close(nodes.box[1], torch.tensor([0.0, 0.9, 0.2, 1.0]))


def test_what_is_wrong_is_counted_and_left_out(tmp_path: Path) -> None:
    unread = {"obj": "pack", "verb": "take"}
    rows = [edge("cup"), edge(rel="near"), edge(verb="fly"), unread, edge(), edge(pnr=[[0.1, 0.2, 0.3]])]
    faults = Faults(strict=False)
    [found] = read_easg(write(tmp_path, *rows), CLASSES, faults)
    assert len(found.graph.nodes) == 2
    assert {kind: fault.count for kind, fault in faults.dropped.items()} == {
        "a key that is absent or can't be read": 2,
        "an unknown object": 1,
        "an unknown relation": 1,
        "an unknown verb": 1,
    }
    with pytest.raises(EgographError, match=r"clip_000005, edge 0: an unknown object; mend or remove the row"):
        read_easg(write(tmp_path, *rows), CLASSES)


@pytest.mark.parametrize(
    ("edges", "changed", "kind"),
    [
        ([edge(), edge(verb="wash")], {}, "an annotation of several verbs"),
        ([], {}, "an annotation without edges"),
        ([edge(pnr=[])], {}, "an edge without a box"),
        ([edge()], {"clip_frame_number": {"pre": 1}}, "a key that is absent or can't be read"),
        ([edge()], {"annotations": 3}, "a key that is absent or can't be read"),
    ],
)
def test_an_annotation_that_makes_no_graph_is_left_out(tmp_path, edges, changed, kind) -> None:
    faults = Faults(strict=False)
    assert read_easg(write(tmp_path, *edges, **changed), CLASSES, faults) == []
    assert next(iter(faults.dropped)) == kind


def test_the_classes_are_those_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "verbs.txt").write_text("take\nwash\n")
    (tmp_path / "objects.txt").write_text("pack\ntable\n\n")
    assert read_easg_classes(tmp_path) == Vocabulary(("take", "wash"), ("pack", "table"))
    (tmp_path / "verbs.txt").unlink()
    with pytest.raises(EgographError, match=r"verbs.txt: no such file; give the folder of EASG's annotations"):
        read_easg_classes(tmp_path)


@pytest.mark.parametrize(("split", "annotations"), [("train", 3842), ("val", 2393)])
def test_the_published_graphs_load_whole_and_are_read_back_as_they_are_written(
    shared_data: Path, tmp_path: Path, split: str, annotations: int
) -> None:
    classes = read_easg_classes(shared_data / "easg")
    graphs = read_easg(shared_data / "easg" / f"easg_{split}.json", classes)
    assert len(graphs) == annotations
    assert all(len(action.graph.relation) >= 1 for action in graphs)
    write_easg(tmp_path / "easg.json", graphs, classes)
    assert read_easg_classes(tmp_path) == classes
    again = read_easg(tmp_path / "easg.json", classes)
    for action, other in zip(graphs, again, strict=True):
        assert (action.moment, action.annotation, action.frames) == (other.moment, other.annotation, other.frames)
        torch.testing.assert_close(action.graph.nodes.box, other.graph.nodes.box, atol=1e-6, rtol=0)
        for column in ("kind", "noun", "frame"):
            assert torch.equal(getattr(action.graph.nodes, column), getattr(other.graph.nodes, column))
        assert torch.equal(action.graph.edge_index, other.graph.edge_index)
        assert torch.equal(action.graph.relation, other.graph.relation)
    for action in graphs[:50]:
        assert_same(action.graph, from_hetero(to_hetero(action.graph)))

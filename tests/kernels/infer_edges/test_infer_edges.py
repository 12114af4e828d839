"""The graph that is inferred from a table of nodes."""

from typing import Any

import pytest
import torch
from torch import Tensor

from egograph.kernels.infer_edges import NodeKind
from egograph.kernels.infer_edges.op import select_op
from egograph.kernels.infer_edges.reference import infer_edges_reference
from egograph.ops import RELATIONS, EdgeRules, infer_edges
from tests.kernels.node_tables import DEFAULTS, random_table, scene_table

LEFT, RIGHT, OBJECT, SCENE = NodeKind.LEFT_HAND, NodeKind.RIGHT_HAND, NodeKind.OBJECT, NodeKind.SCENE
HERE, APART, FAR = (0.0, 0.0, 0.2, 0.2), (0.3, 0.0, 0.5, 0.2), (0.8, 0.8, 1.0, 1.0)
SIZES = [[9, 0, 17, 1], [30, 25], [64], [0, 0], []]


def edges_of(table: dict[str, Tensor], **rules: Any) -> dict[tuple[int, int], tuple[str, float]]:
    """(sender, receiver) -> (relation, confidence)."""
    edge_index, relation, confidence = infer_edges(**table, rules=EdgeRules(**rules))
    names = (RELATIONS[r] for r in relation.tolist())
    pairs = (tuple(pair) for pair in edge_index.t().tolist())
    return dict(zip(pairs, zip(names, confidence.tolist(), strict=True), strict=True))


def close(value: float) -> object:
    return pytest.approx(value, abs=1e-6)


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_edges_and_gradients_are_the_references(sizes: list[int]):
    table = random_table(sizes)
    inputs = [table[name].requires_grad_() for name in ("contact", "score", "feature")]
    edge_index, relation, confidence = infer_edges(**table)
    wanted_index, wanted_relation, wanted = infer_edges_reference(**table, rules=DEFAULTS)
    assert torch.equal(edge_index, wanted_index)
    assert torch.equal(relation, wanted_relation)
    torch.testing.assert_close(confidence, wanted)
    if sum(sizes) == 0:
        assert edge_index.shape == (2, 0)
        return
    assert set(relation.tolist()) == set(range(len(RELATIONS))) or sum(sizes) < 30
    grad = torch.linspace(-1, 1, len(confidence), dtype=torch.float64)
    gradients = torch.autograd.grad(confidence, inputs, grad)
    for gradient, right in zip(gradients, torch.autograd.grad(wanted, inputs, grad), strict=True):
        torch.testing.assert_close(gradient, right)


def test_edges_are_sorted_by_receiver_then_sender_once_a_pair_and_sure():
    edge_index, _, confidence = infer_edges(**random_table([40, 40], torch.float32))
    sender, receiver = edge_index
    order = receiver * 80 + sender
    assert (order.diff() > 0).all()
    assert (sender != receiver).all()
    assert (sender // 40 == receiver // 40).all()
    assert confidence.min() > 0
    assert confidence.max() <= 1


def test_a_batch_holds_the_graphs_of_its_clips():
    table = random_table([20, 13, 31])
    whole = infer_edges(**table)
    parts = []
    for start, stop in zip(table["ptr"][:-1], table["ptr"][1:], strict=True):
        one = {name: x[start:stop] for name, x in table.items() if name != "ptr"}
        edge_index, *rest = infer_edges(**one, ptr=torch.tensor([0, stop - start]))
        parts.append((edge_index + start, *rest))
    for together, apart in zip(whole, zip(*parts, strict=True), strict=True):
        torch.testing.assert_close(together, torch.cat(apart, dim=-1))


def test_a_hand_that_touches_a_thing_is_in_contact_both_ways_with_that_probability():
    table = scene_table((LEFT, 0, HERE), (RIGHT, 0, FAR), (OBJECT, 0, HERE))
    table["contact"][2] = torch.tensor([0.7, 0.05])
    edges = edges_of(table)
    assert edges == {(0, 2): ("contact", close(0.7)), (2, 0): ("contact", close(0.7))}


def test_a_hand_swap_moves_the_contact():
    table = scene_table((LEFT, 0, HERE), (RIGHT, 0, HERE), (OBJECT, 0, FAR))
    table["contact"][2] = torch.tensor([0.0, 0.9])
    touching = {pair for pair, edge in edges_of(table).items() if edge[0] == "contact"}
    assert touching == {(1, 2), (2, 1)}
    table["kind"] = table["kind"][[1, 0, 2]]
    assert {pair for pair, edge in edges_of(table).items() if edge[0] == "contact"} == {(0, 2), (2, 0)}


def test_boxes_that_share_area_overlap_by_the_smaller_ones_share():
    table = scene_table((OBJECT, 0, (0.0, 0.0, 0.4, 0.4)), (OBJECT, 0, (0.3, 0.0, 0.5, 0.1)))
    assert edges_of(table) == {pair: ("overlap", close(0.5)) for pair in [(0, 1), (1, 0)]}


def test_boxes_apart_are_near_by_the_gap_between_their_borders():
    table = scene_table((LEFT, 0, HERE), (RIGHT, 0, APART), (OBJECT, 0, FAR))
    assert edges_of(table) == {pair: ("proximity", close(0.3678794)) for pair in [(0, 1), (1, 0)]}
    assert edges_of(table, proximity_threshold=0.4) == {}


def test_boxes_that_touch_at_the_border_are_next_to_each_other():
    table = scene_table((OBJECT, 0, HERE), (OBJECT, 0, (0.2, 0.0, 0.4, 0.2)))
    assert edges_of(table)[0, 1] == ("proximity", close(1.0))


def test_a_box_without_area_overlaps_nothing():
    table = scene_table((OBJECT, 0, HERE), (OBJECT, 0, (0.1, 0.1, 0.1, 0.1)), (OBJECT, 0, (0.2, 0.2, 0.1, 0.1)))
    assert {edge[0] for edge in edges_of(table).values()} == {"proximity"}


def test_the_scene_holds_everything_in_its_frame_as_surely_as_it_is_there():
    table = scene_table((SCENE, 0, (0.0, 0.0, 1.0, 1.0)), (OBJECT, 0, HERE), (OBJECT, 1, HERE), (SCENE, 0, FAR))
    table["score"][1] = 0.4
    scene = {pair: ("scene", close(0.4)) for pair in [(0, 1), (1, 0), (1, 3), (3, 1)]}
    assert edges_of(table) == scene


def test_a_track_runs_through_time_and_memory_is_before_all():
    table = scene_table((OBJECT, -1, HERE), (OBJECT, 0, FAR), (OBJECT, 2, APART))
    table["track"][:] = 6
    table["score"] = torch.tensor([0.9, 0.5, 0.8])
    before, after = "track_before", "track_after"
    assert edges_of(table) == {
        (0, 1): (before, close(0.5)),
        (1, 0): (after, close(0.5)),
        (0, 2): (before, close(0.8)),
        (2, 0): (after, close(0.8)),
        (1, 2): (before, close(0.5)),
        (2, 1): (after, close(0.5)),
    }


def test_two_memories_are_not_in_one_frame():
    table = scene_table((OBJECT, -1, HERE), (OBJECT, -1, HERE))
    table["track"][:] = 6
    table["feature"] = torch.ones(2, 2)
    assert edges_of(table) == {}


def test_an_absent_node_neither_sends_nor_receives():
    table = scene_table((LEFT, 0, HERE), (OBJECT, 0, HERE), (OBJECT, 1, HERE), (SCENE, 0, HERE))
    table["feature"], table["contact"] = torch.ones(4, 2), torch.ones(4, 2)
    table["score"][1] = 0
    assert edges_of(table)
    assert all(1 not in pair for pair in edges_of(table))


def test_similarity_takes_the_k_nearest_of_other_frames_and_tracks():
    nodes = [(OBJECT, 0, HERE)] + [(OBJECT, 1, FAR)] * 5
    table = scene_table(*nodes)
    angle = torch.tensor([0.0, 0.5, 0.1, 0.2, 0.3, 0.05])
    table["feature"] = torch.stack([angle.cos(), angle.sin()], dim=1) * 3
    table["track"][[0, 5]] = 2  # the most similar of all is the same thing
    received = {j: edge for (j, i), edge in edges_of(table, k=2).items() if i == 0}
    assert received == {
        2: ("similarity", close(angle[2].cos().item())),
        3: ("similarity", close(angle[3].cos().item())),
        5: ("track_after", close(1.0)),
    }


def test_equal_looks_are_taken_in_the_order_of_the_table():
    table = scene_table((OBJECT, 0, HERE), *[(OBJECT, 1, FAR)] * 6)
    table["feature"] = torch.ones(7, 2)
    assert [j for j, i in edges_of(table, k=2) if i == 0] == [1, 2]


def test_unlike_nodes_are_not_similar():
    table = scene_table((OBJECT, 0, HERE), (OBJECT, 1, HERE), (OBJECT, 2, HERE))
    table["feature"] = torch.tensor([[1.0, 0.0], [0.2, 1.0], [-1.0, 0.0]])
    assert edges_of(table) == {}
    assert set(edges_of(table, similarity_threshold=0.0)) == {(0, 1), (1, 0)}


def test_the_same_table_gives_the_same_bits():
    table = random_table([60, 60], torch.float32)
    first = infer_edges(**table)
    for _ in range(5):
        assert all(torch.equal(a, b) for a, b in zip(first, infer_edges(**table), strict=True))


def test_half_precision_tables_give_float32_confidences():
    table = random_table([30], torch.bfloat16)
    edge_index, _, confidence = infer_edges(**table)
    exact = {name: x.float() if x.is_floating_point() else x for name, x in table.items()}
    assert confidence.dtype == torch.float32
    assert torch.equal(edge_index, infer_edges(**exact)[0])


def test_it_compiles():
    table = random_table([6, 5], torch.float32)
    contact = table["contact"].requires_grad_()

    def sums(**columns: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        edge_index, relation, confidence = infer_edges(**columns)
        return edge_index, relation, confidence * 2

    for fullgraph in (True, False):
        found = torch.compile(sums, fullgraph=fullgraph, backend="aot_eager")(**table)
        wanted = sums(**table)
        for one, other in zip(found, wanted, strict=True):
            torch.testing.assert_close(one, other)
        gradients = [torch.autograd.grad(out[2].sum(), contact)[0] for out in (found, wanted)]
        torch.testing.assert_close(*gradients)


def test_opcheck():
    table = random_table([12, 7], torch.float32)
    names = ("box", "kind", "track", "feature", "frame", "ptr", "contact", "score")
    torch.library.opcheck(select_op, (*(table[name] for name in names), 0.1, 0.1, 0.2, 0.1, 0.3, 4))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("box", torch.zeros(5, 3), r"box: shape \[5, 3\]; give \[5, 4\] for 5 nodes"),
        ("score", torch.zeros(4), r"score: shape \[4\]; give \[5\]"),
        ("feature", torch.zeros(5), r"feature: shape \[5\]; give \[5, D\]"),
        ("ptr", torch.tensor([0, 4]), "ptr: runs from 0 to 4; give the node offsets"),
        ("ptr", torch.tensor(5), r"ptr: torch.int64 \[\]; give the node offsets"),
    ],
)
def test_tables_that_do_not_fit_are_named(name: str, value: Tensor, message: str):
    with pytest.raises(ValueError, match=message):
        infer_edges(**random_table([5]) | {name: value})


def test_rules_without_sense_are_refused():
    with pytest.raises(ValueError, match=r"proximity_scale: 0; give a gap above 0"):
        EdgeRules(proximity_scale=0)
    with pytest.raises(ValueError, match=r"k: -1; give 0 or more"):
        EdgeRules(k=-1)

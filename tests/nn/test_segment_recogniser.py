"""Recognition from annotated nodes."""

from pathlib import Path

import pytest
import torch

from egograph.data.segment_table import ABSENT, SegmentTable, segment_table
from egograph.data.visor_split import VisorSplit, read_visor_split
from egograph.nn.message_layers import LayerName
from egograph.nn.message_passing import MessagePassingConfig
from egograph.nn.segment_nodes import NODE_FEATURES, SEGMENT_FEATURES, segment_features, segment_nodes
from egograph.nn.segment_recogniser import SegmentRecogniser, SegmentRecogniserConfig
from egograph.training.segment_augment import mirror
from tests.visor_folder import write_visor_folder

PAST = 3


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> VisorSplit:
    data = write_visor_folder(tmp_path_factory.mktemp("visor"), {"P01_101": 5, "P02_101": 4})
    return read_visor_split(data, "train", PAST)


@pytest.fixture(scope="module")
def table(split: VisorSplit) -> SegmentTable:
    return segment_table(split.shown, PAST, 6, 5)


@pytest.fixture(scope="module")
def model(split: VisorSplit) -> SegmentRecogniser:
    torch.manual_seed(0)
    config = SegmentRecogniserConfig(dim=32, noun_factors=2, queries=2, past=PAST)
    return SegmentRecogniser(config, split.pairs).eval()


def both(model: SegmentRecogniser, table: SegmentTable) -> torch.Tensor:
    with torch.no_grad():
        seen = model(table)
    return torch.cat([seen.verb, seen.noun], dim=1)


def test_features_have_the_sizes_they_say(table: SegmentTable) -> None:
    assert segment_nodes(table, relational=True).feature.shape == (table.kind.numel(), NODE_FEATURES)
    assert segment_features(table).shape == (len(table), SEGMENT_FEATURES)
    assert segment_features(table).isfinite().all()


@pytest.mark.parametrize(("layer", "relational"), [("none", True), ("RelationalAttentionConv", False), ("none", False)])
def test_contact_is_known_by_edges_or_by_features(
    split: VisorSplit, table: SegmentTable, layer: LayerName, relational: bool
) -> None:
    torch.manual_seed(0)
    passing = MessagePassingConfig(layer=layer)
    config = SegmentRecogniserConfig(
        dim=32, noun_factors=2, queries=2, past=PAST, relational_features=relational, message_passing=passing
    )
    model = SegmentRecogniser(config, split.pairs).eval()
    let_go = table.with_(contact=torch.zeros_like(table.contact))
    known = not torch.allclose(both(model, table), both(model, let_go), atol=1e-3)
    assert known == (relational or layer != "none")


def test_a_segment_is_recognised_the_same_alone_and_in_a_batch(model: SegmentRecogniser, table: SegmentTable) -> None:
    batch = both(model, table)
    for row in range(len(table)):
        torch.testing.assert_close(both(model, table.take(torch.tensor([row])))[0], batch[row], atol=1e-4, rtol=1e-4)


def test_the_order_of_rows_says_nothing(model: SegmentRecogniser, table: SegmentTable) -> None:
    order = torch.randperm(table.kind.shape[1], generator=torch.Generator().manual_seed(1))
    columns = ("kind", "noun", "box", "contact", "frame", "track")
    shuffled = table.with_(**{name: getattr(table, name)[:, order] for name in columns})
    torch.testing.assert_close(both(model, shuffled), both(model, table), atol=1e-4, rtol=1e-4)


def test_the_names_of_tracks_say_nothing_but_who_shares_one_does(model: SegmentRecogniser, table: SegmentTable) -> None:
    renamed = table.with_(track=torch.where(table.track >= 0, 90 - table.track, -1))
    torch.testing.assert_close(both(model, renamed), both(model, table), atol=1e-4, rtol=1e-4)
    apart = table.with_(track=torch.where(table.track >= 0, torch.arange(table.track.shape[1]), -1))
    assert (both(model, apart) - both(model, table)).abs().max() > 1e-3


def test_hands_contacts_and_frames_matter(model: SegmentRecogniser, table: SegmentTable) -> None:
    first = both(model, table)
    past = table.frame == 0
    for changed in (
        mirror(table, torch.ones(len(table), dtype=torch.bool)),
        table.with_(contact=table.contact * 0),
        table.with_(kind=torch.where(past, ABSENT, table.kind), noun=torch.where(past, -1, table.noun)),
    ):
        assert (both(model, changed) - first).abs().max() > 1e-3


def test_a_mirror_twice_is_nothing(table: SegmentTable) -> None:
    which = torch.arange(len(table)) > 0
    once = mirror(table, which)
    assert torch.equal(once.box[:1], table.box[:1])
    assert not torch.equal(once.box[1:], table.box[1:])
    again = mirror(once, which)
    assert torch.equal(again.kind, table.kind)
    assert torch.equal(again.contact, table.contact)
    torch.testing.assert_close(again.box, table.box)


def test_only_objects_with_a_noun_are_pointed_at(model: SegmentRecogniser, table: SegmentTable) -> None:
    with torch.no_grad():
        pointer = model(table).pointer
    assert (pointer[table.noun < 0] < 1e-6).all()
    torch.testing.assert_close(pointer.sum(1), torch.ones(len(table)))


def test_a_segment_without_nodes_but_its_scenes_is_recognised(model: SegmentRecogniser, table: SegmentTable) -> None:
    bare = table.with_(kind=torch.where(table.kind == 3, table.kind, ABSENT), noun=torch.full_like(table.noun, -1))
    assert both(model, bare).isfinite().all()


def test_every_weight_is_trained(split: VisorSplit, table: SegmentTable) -> None:
    torch.manual_seed(0)
    model = SegmentRecogniser(SegmentRecogniserConfig(dim=32, noun_factors=2, past=PAST), split.pairs)
    seen = model(table)
    (
        seen.verb.square().sum() + seen.noun.square().sum() + model.prior.pair(seen.verb, seen.noun)[:, 0].sum()
    ).backward()
    without = [name for name, weight in model.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert without == []


def test_a_saved_model_says_the_same(
    model: SegmentRecogniser, split: VisorSplit, table: SegmentTable, tmp_path: Path
) -> None:
    from egograph.errors import EgographError
    from egograph.segment_checkpoint import load_segment_model, save_segment_model

    save_segment_model(model, split.classes, tmp_path / "model")
    loaded, classes = load_segment_model(tmp_path / "model")
    assert classes == split.classes
    assert torch.equal(both(loaded, table), both(model, table))
    with pytest.raises(EgographError, match=r"no model of segments here \(.*\); train one: egograph train"):
        load_segment_model(tmp_path)

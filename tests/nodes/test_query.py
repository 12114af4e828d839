"""The `query` extractor and its node table."""

import pytest
import torch

from egograph.encoders.patches import Patches
from egograph.nodes.layout import lay_out
from egograph.nodes.nodes import OBJECT, SCENE
from egograph.nodes.proposals import DenseProposals, select
from egograph.nodes.query import QueryNodes, QueryNodesConfig, found


@pytest.fixture(scope="module")
def extractor() -> QueryNodes:
    torch.manual_seed(0)
    return QueryNodes(QueryNodesConfig(dim=32, objects=4, layers=1), patch_dim=16, nouns=5).eval()


def patches(frames: int) -> Patches:
    return Patches(torch.randn(frames, 6, 8, 16), torch.randn(frames, 16))


def test_every_frame_has_the_same_rows(extractor: QueryNodes) -> None:
    nodes = lay_out(found(extractor(patches(6))), torch.ones(2, 3, dtype=torch.bool))
    assert nodes.kind.view(6, 7).unique(dim=0).tolist() == [[0, 1, 2, 2, 2, 2, 3]]
    assert nodes.frame.view(2, 3, 7)[:, :, 0].tolist() == [[0, 1, 2]] * 2
    assert nodes.ptr.tolist() == [0, 21, 42]
    assert ((nodes.box >= 0) & (nodes.box <= 1)).all()
    assert (nodes.noun[nodes.kind == OBJECT] >= 0).all()
    assert (nodes.noun[nodes.kind != OBJECT] == -1).all()


def test_frames_are_read_alone(extractor: QueryNodes) -> None:
    frames = patches(3)
    together = extractor(frames).reading
    alone = extractor(Patches(frames.tokens[1:2], frames.summary[1:2])).reading
    assert torch.allclose(together.feature[1], alone.feature[0], atol=1e-5)
    assert torch.allclose(together.contact[1], alone.contact[0], atol=1e-5)


def test_nodes_of_a_padded_frame_are_not_there(extractor: QueryNodes) -> None:
    nodes = lay_out(found(extractor(patches(3))), torch.tensor([[True, True, False]]))
    score = nodes.score.view(3, 7)
    assert (score[:2, -1] == 1).all()
    assert (score[2] == 0).all()


def test_what_a_hand_touches_adds_up_with_touching_nothing(extractor: QueryNodes) -> None:
    nodes = lay_out(found(extractor(patches(4))), torch.ones(1, 4, dtype=torch.bool))
    contact, kind = nodes.contact.view(4, 7, 2), nodes.kind.view(4, 7)
    for side in (0, 1):
        things = torch.where(kind == OBJECT, contact[..., side], 0).sum(dim=1)
        assert torch.allclose(things, contact[:, side, side], atol=1e-6)
        assert (contact[:, side, 1 - side] == 0).all()
    assert (contact[kind == SCENE] == 0).all()


def test_selection_takes_the_peaks_and_their_boxes() -> None:
    heat = torch.full((1, 3, 6, 8), -5.0)
    heat[0, 0, 2, 1] = heat[0, 1, 4, 6] = 3.0
    heat[0, 2, 1, 1], heat[0, 2, 1, 2], heat[0, 2, 4, 5] = (
        4.0,
        3.5,
        2.0,
    )  # the second is the first's slope, no peak
    reach = torch.full((1, 3, 4, 6, 8), 0.1)
    box, patch = select(DenseProposals(heat, reach), objects=2)
    assert patch.tolist() == [[2 * 8 + 1, 4 * 8 + 6, 1 * 8 + 1, 4 * 8 + 5]]
    centre = (box[..., :2] + box[..., 2:]) / 2
    assert torch.allclose(centre[0, 0], torch.tensor([1.5 / 8, 2.5 / 6]))

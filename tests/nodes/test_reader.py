"""The reader looks in and around its boxes, and each layer at the boxes of the layer before."""

import pytest
import torch

from egograph.nodes.reader import BoxReader, _look

HEIGHT, WIDTH = 16, 20
BOX = torch.tensor([[[0.1, 0.5, 0.3, 0.9], [0.6, 0.5, 0.8, 0.9], [0.4, 0.3, 0.6, 0.6]]])


@pytest.fixture
def reader() -> BoxReader:
    torch.manual_seed(0)
    return BoxReader(patch_dim=8, dim=16, nouns=5, layers=2, heads=2).eval()


def test_a_look_sees_the_parts_of_the_box_and_its_surroundings_row_by_row() -> None:
    x = (torch.arange(WIDTH) + 0.5) / WIDTH
    y = (torch.arange(HEIGHT) + 0.5) / HEIGHT
    tokens = torch.stack([x.expand(HEIGHT, -1), y[:, None].expand(-1, WIDTH)], dim=-1)[None]
    seen = _look(tokens, BOX)[0, 2].view(4, 4, 2)
    across = 0.5 + 0.2 * 1.5 * (torch.arange(4) - 1.5) / 4
    down = 0.45 + 0.3 * 1.5 * (torch.arange(4) - 1.5) / 4
    assert torch.allclose(seen[..., 0], across.expand(4, 4), atol=1e-5)
    assert torch.allclose(seen[..., 1], down[:, None].expand(4, 4), atol=1e-5)


def test_the_second_layer_looks_at_the_boxes_of_the_first(reader: BoxReader) -> None:
    tokens, summary = torch.randn(1, HEIGHT, WIDTH, 8), torch.randn(1, 8)
    size = BOX[..., 2:] - BOX[..., :2]
    moved = BOX + 0.25 * torch.cat([size, size], dim=-1)
    with torch.no_grad():
        for weight in (reader.regions[0].weight, reader.place[2].weight):
            weight.zero_()  # the first layer is blind to where its boxes are
        there = reader(tokens, summary, moved)
        here = reader(tokens, summary, BOX)
        reader.box_delta[0].bias.fill_(0.25)
        after = reader(tokens, summary, BOX)
    assert torch.allclose(after.boxes[:, 0], moved, atol=1e-6)
    assert torch.allclose(after.feature, there.feature, atol=1e-5)
    assert not torch.allclose(after.feature, here.feature, atol=1e-2)


def test_boxes_stay_in_the_frame(reader: BoxReader) -> None:
    with torch.no_grad():
        reader.box_delta[1].bias.fill_(5.0)
        box = reader(torch.randn(1, HEIGHT, WIDTH, 8), torch.randn(1, 8), BOX).box
    assert ((box >= 0) & (box <= 1)).all()
    assert (box[0, 1, 2:] == 1).all()

"""The built-in encoder and the preparation of frames."""

import numpy as np
import pytest
import torch

from egograph.encoders.preprocess import Preprocess
from egograph.encoders.tiny import TinyEncoder, TinyEncoderConfig


@pytest.fixture(scope="module")
def encoder() -> TinyEncoder:
    torch.manual_seed(0)
    return TinyEncoder(TinyEncoderConfig(height=64, width=80, widths=(8, 16, 24), coarse=1)).eval()


def test_one_token_for_each_eight_by_eight_pixels(encoder: TinyEncoder) -> None:
    patches = encoder(torch.randint(0, 255, (3, 64, 80, 3), dtype=torch.uint8))
    assert patches.tokens.shape == (3, 8, 10, 24)
    assert patches.summary.shape == (3, 24)


def test_no_frame_sees_another(encoder: TinyEncoder) -> None:
    pixels = torch.randint(0, 255, (4, 64, 80, 3), dtype=torch.uint8)
    with torch.no_grad():
        together, alone = encoder(pixels).tokens[2], encoder(pixels[2:3]).tokens[0]
    assert torch.allclose(together, alone, atol=1e-5)


def test_a_token_lies_where_its_pixels_lie(encoder: TinyEncoder) -> None:
    dark = torch.zeros(1, 64, 80, 3, dtype=torch.uint8)
    spot = dark.clone()
    spot[:, 8:16, 64:72] = 255
    with torch.no_grad():
        change = (encoder(spot).tokens - encoder(dark).tokens).norm(dim=-1)[0]
    row, column = divmod(int(change.argmax()), 10)
    assert abs(row - 1) <= 1
    assert abs(column - 8) <= 1


def test_the_whole_frame_is_kept_whatever_its_size() -> None:
    frame = np.zeros((1, 90, 161, 3), dtype=np.uint8)
    frame[:, :, 80:] = 200
    prepared = Preprocess(64, 80)(frame)
    assert prepared.shape == (1, 64, 80, 3)
    assert prepared.dtype == torch.uint8
    assert prepared[0, :, :38].max() == 0
    assert prepared[0, :, 42:].min() == 200


def test_a_frame_of_the_right_size_is_untouched() -> None:
    frame = np.random.default_rng(0).integers(0, 255, (2, 64, 80, 3), dtype=np.uint8)
    assert np.array_equal(Preprocess(64, 80)(frame).numpy(), frame)

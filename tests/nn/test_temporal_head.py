"""The temporal head."""

import torch

from egograph.nn.temporal_head import TemporalHead, TemporalHeadConfig


def head(layers: int = 2) -> TemporalHead:
    torch.manual_seed(0)
    return TemporalHead(TemporalHeadConfig(hidden=16, layers=layers), 8, verbs=3, nouns=4).eval()


def test_padding_changes_nothing() -> None:
    module, token, hidden = head(), torch.randn(1, 5, 8), torch.zeros(1, 2, 16)
    full = torch.ones(1, 5, dtype=torch.bool)
    padded = torch.cat([token, torch.randn(1, 3, 8)], dim=1)
    valid = torch.tensor([[True] * 5 + [False] * 3])
    short, after_short = module(token, full, hidden)
    long, after_long = module(padded, valid, hidden)
    assert torch.allclose(short.verb, long.verb, atol=1e-6)
    assert torch.equal(after_short, after_long)


def test_the_order_of_frames_matters() -> None:
    module, token, valid = head(), torch.randn(1, 6, 8), torch.ones(1, 6, dtype=torch.bool)
    forward, _ = module(token, valid, torch.zeros(1, 2, 16))
    backward, _ = module(token.flip(1), valid, torch.zeros(1, 2, 16))
    assert not torch.allclose(forward.verb, backward.verb, atol=1e-3)


def test_what_came_before_reaches_the_clip_through_the_state() -> None:
    module, valid = head(), torch.ones(1, 4, dtype=torch.bool)
    first, second = torch.randn(1, 4, 8), torch.randn(1, 4, 8)
    _, hidden = module(first, valid, torch.zeros(1, 2, 16))
    fresh, _ = module(second, valid, torch.zeros(1, 2, 16))
    carried, _ = module(second, valid, hidden)
    assert not torch.allclose(fresh.verb, carried.verb, atol=1e-3)

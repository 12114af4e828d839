"""The stage that learns from single annotated frames."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from egograph.checkpoint import untrained
from egograph.encoders.tiny import TinyEncoderConfig
from egograph.model import EgoGraph, ModelConfig
from egograph.nodes.nodes import LEFT_HAND, OBJECT, RIGHT_HAND
from egograph.training.box_task import AnnotatedFrames, BoxTask
from egograph.training.frame_store import FrameStore
from egograph.training.truth import NO_ACTION, NOTHING, VideoTruth

LENGTH = 10


def truth() -> VideoTruth:
    """Every other frame is annotated; frames 0 to 4 are an action, verb 2 and noun 3; the right hand holds noun 3."""
    boxes = [[0.1, 0.5, 0.3, 0.9], [0.6, 0.5, 0.8, 0.9], [0.55, 0.4, 0.75, 0.6]]
    box = np.tile(np.array(boxes, np.float32), (LENGTH, 1, 1))
    return VideoTruth(
        np.arange(LENGTH) % 2 == 0, box, np.tile([LEFT_HAND, RIGHT_HAND, OBJECT], (LENGTH, 1)),
        np.tile([-1, -1, 3], (LENGTH, 1)), np.tile([NOTHING, 2], (LENGTH, 1)),
        np.where(np.arange(LENGTH) < 5, 0, NO_ACTION), np.array([2]), np.array([3]),
    )  # fmt: skip


def frames() -> AnnotatedFrames:
    """Each frame's pixels say which it is: frame 3 is all 30."""
    pixels = np.broadcast_to(np.arange(0, 100, 10, dtype=np.uint8)[:, None, None, None], (LENGTH, 32, 48, 3))
    return AnnotatedFrames(FrameStore(np.ascontiguousarray(pixels), np.array([0, LENGTH])), [truth()])


def model() -> EgoGraph:
    return untrained(ModelConfig(), TinyEncoderConfig(height=32, width=48, widths=(4, 8, 16), fine=1, coarse=1))


def test_drawn_frames_are_annotated_ones_with_the_action_that_they_are_in() -> None:
    drawn = frames().draw(64, np.random.default_rng(0))
    assert drawn.pixels.shape == (64, 32, 48, 3)
    assert set(drawn.verb.tolist()) == {2, NO_ACTION}
    assert torch.equal(drawn.noun, torch.where(drawn.verb == 2, 3, NO_ACTION))


def test_a_mirrored_frame_has_its_hands_and_contacts_swapped() -> None:
    drawn = frames().draw(64, np.random.default_rng(1)).truth
    mirrored = drawn.kind[:, 0] == RIGHT_HAND
    assert 0 < int(mirrored.sum()) < 64
    assert bool((drawn.touches[mirrored][:, LEFT_HAND] == 2).all())
    assert bool((drawn.touches[~mirrored][:, RIGHT_HAND] == 2).all())


@pytest.mark.parametrize("rare", [2, 4])
def test_frames_where_a_hand_is_hardly_seen_are_drawn_oftener(rare: int) -> None:
    shown = truth()
    shown.kind[2, 0] = -1
    shown.box[4, 1] = [0.97, 0.5, 1.0, 0.9]
    shown.segment[:] = np.where(np.arange(LENGTH) == rare, 0, NO_ACTION)  # so that the frame can be told
    drawn = replace(frames(), truths=[shown]).draw(1000, np.random.default_rng(2))
    assert float((drawn.verb == 2).float().mean()) == pytest.approx(3 / (3 + 3 + 1 + 1 + 1), abs=0.05)


def test_the_glance_at_the_action_trains_the_encoder() -> None:
    torch.manual_seed(0)
    whole = model()
    task = BoxTask(whole, frames(), 8)
    losses = task.losses(task.draw(np.random.default_rng(0)))
    losses["glance"].backward()
    gradients = [weight.grad for weight in whole.encoder.parameters() if weight.grad is not None]
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
    assert any(bool(gradient.abs().sum() > 0) for gradient in gradients)


def test_frames_outside_actions_leave_the_glance_at_nothing() -> None:
    idle = truth()
    idle.segment[:] = NO_ACTION
    task = BoxTask(model(), AnnotatedFrames(frames().store, [idle]), 8)
    losses = task.losses(task.draw(np.random.default_rng(0)))
    assert float(losses["glance"].detach()) == 0.0

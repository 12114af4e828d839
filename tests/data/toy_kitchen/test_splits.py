"""What the splits draw from, and that the shifts do not overlap with train."""

import numpy as np
import pytest

from egograph.data.toy_kitchen import render_video
from egograph.data.toy_kitchen.splits import SPLITS, Range, find_split
from egograph.errors import EgographError

TRAIN = SPLITS["train"]


def overlap(one: Range, other: Range) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def test_there_are_five_and_stills_to_train_on() -> None:
    assert list(SPLITS) == ["train", "val", "shift_look", "shift_camera", "shift_pairs", "stills"]
    with pytest.raises(EgographError, match="no split 'test'; choose from train, val"):
        find_split("test")


def test_stills_val_and_pair_shift_look_like_train() -> None:
    for name in ("stills", "val", "shift_pairs"):
        assert SPLITS[name].look == TRAIN.look
        assert SPLITS[name].camera == TRAIN.camera


def test_unseen_looks_are_not_in_train() -> None:
    look, seen = SPLITS["shift_look"].look, TRAIN.look
    for kind in ("counters", "walls", "sleeves", "skins"):
        assert not set(getattr(look, kind)) & set(getattr(seen, kind))
    for kind in ("hues", "glove_hues", "light_hues", "light_side"):
        assert not any(overlap(one, other) for one in getattr(look, kind) for other in getattr(seen, kind))
    assert not overlap(look.light_height, seen.light_height)
    assert SPLITS["shift_look"].camera == TRAIN.camera


def test_unseen_cameras_are_not_in_train() -> None:
    camera, seen = SPLITS["shift_camera"].camera, TRAIN.camera
    for kind in ("height", "view", "sway", "wander", "roll", "speed", "bob"):
        assert not overlap(getattr(camera, kind), getattr(seen, kind))
    assert not set(camera.bend) & set(seen.bend)
    assert SPLITS["shift_camera"].look == TRAIN.look


def test_splits_draw_different_videos_from_the_same_seed() -> None:
    first = {name: next(render_video(1, name, seconds=6.0).frames()).image for name in SPLITS}
    for name in SPLITS:
        if name != "train":
            assert np.abs(first[name].astype(int) - first["train"]).mean() > 5

"""One rendered video: its pixels, its annotations, and that they agree with the truth."""

import numpy as np
import pytest

from egograph.data.toy_kitchen import ToyVideo, render_video
from egograph.data.toy_kitchen.video import Frame
from egograph.errors import EgographError


@pytest.fixture(scope="module")
def video() -> ToyVideo:
    return render_video(12, seconds=8.0)


@pytest.fixture(scope="module")
def frames(video: ToyVideo) -> list[Frame]:
    return list(video.frames())


def test_frames_are_as_ordered(video: ToyVideo, frames: list[Frame]) -> None:
    assert len(frames) == 8 * 16
    assert {frame.image.shape for frame in frames} == {(192, 256, 3)}
    assert {frame.image.dtype for frame in frames} == {np.dtype(np.uint8)}
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(128) / 16)


def test_the_same_seed_gives_the_same_pixels_and_labels(video: ToyVideo, frames: list[Frame]) -> None:
    again = render_video(12, seconds=8.0)
    assert again.segments() == video.segments()
    for one, other in zip(frames, again.frames(), strict=True):
        np.testing.assert_array_equal(one.image, other.image)
    # A video can be rendered again itself, and no state is left between.
    np.testing.assert_array_equal(next(video.frames()).image, frames[0].image)


def test_another_seed_gives_another_video(video: ToyVideo) -> None:
    assert render_video(13, seconds=8.0).segments() != video.segments()


@pytest.mark.parametrize("fps", [1, 8])
def test_a_slow_camera_sees_what_a_fast_one_sees(video: ToyVideo, frames: list[Frame], fps: int) -> None:
    slow = render_video(12, fps=fps, seconds=8.0)
    np.testing.assert_array_equal(slow.truth.position, video.truth.position[:: 16 // fps])
    for one, other in zip(slow.frames(), frames[:: 16 // fps], strict=True):
        assert one.time == other.time
        away = np.abs(one.image.astype(float) - other.image)
        assert np.median(away) <= 1  # the film's grain is another one


@pytest.mark.parametrize(("split", "step"), [("train", 16), ("val", 4)])
def test_every_split_has_its_share_of_annotated_frames(split: str, step: int) -> None:
    frames = render_video(12, split, seconds=8.0).frames()
    assert [frame.index for frame in frames if frame.annotations is not None] == list(range(0, 128, step))


def test_a_touched_thing_is_named_by_the_hand_that_touches_it() -> None:
    video = render_video(12, "val", seconds=8.0)
    linked = 0
    for frame in video.frames():
        if frame.annotations is None:
            continue
        by_id = {one.id: one for one in frame.annotations}
        assert len(by_id) == len(frame.annotations)
        for one in frame.annotations:
            if one.noun not in ("left hand", "right hand"):
                assert one.touches is None
                continue
            entity = video.truth.contact[frame.index, int(one.noun == "right hand")]
            if one.touches is not None:
                linked += 1
                assert by_id[one.touches].noun == video.truth.entities[entity].noun
            else:
                assert (entity >= 0) == one.touches_unseen
    assert linked > 20


def test_outlines_lie_in_the_frame_and_around_what_moves(frames: list[Frame]) -> None:
    for frame in frames:
        for one in frame.annotations or ():
            corners = np.concatenate(one.polygons)
            assert (corners >= 0).all()
            assert (corners <= (256, 192)).all()


def test_hands_are_as_large_as_in_head_mounted_video() -> None:
    widths = []
    for seed in range(5):
        for frame in render_video(seed, seconds=3.0).frames():
            for one in frame.annotations or ():
                if one.noun.endswith("hand"):
                    widths.append(np.ptp(np.concatenate(one.polygons)[:, 0]) / 256)
    # Hand and arm: 0.10 to 0.38 of the frame in the middle 80 % of VISOR.
    assert 0.15 < np.median(widths) < 0.40


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"fps": 25}, "25 frames a second"),
        ({"size": (255, 192)}, "255x192 pixels"),
        ({"split": "test"}, "no split"),
        ({"split": "shift_pairs", "seconds": 2.0}, "2.0 s is too short"),
    ],
)
def test_what_cannot_be_rendered_is_told(wrong: dict[str, object], fault: str) -> None:
    with pytest.raises(EgographError, match=fault):
        render_video(0, **wrong)  # type: ignore[arg-type]

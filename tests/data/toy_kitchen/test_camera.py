import cv2
import numpy as np
import pytest

from egograph.data.toy_kitchen.camera import Camera, HeadMotion, Lens, head_poses
from egograph.data.toy_kitchen.motion import Array

CALM = HeadMotion(0.6, 0.2, 0.0, sway=0.01, wander=0.01, roll=0.03, speed=1.0, follow=0.8, bob=0.0)


def camera_at(focus: tuple[float, float, float], frames: int = 200) -> Camera:
    track = np.repeat([focus], frames, 0)
    eyes, turns = head_poses(CALM, track, 16.0, np.random.default_rng(0))
    return Camera(eyes[-1], turns[-1], 180.0, np.array([127.5, 95.5]))


def test_eyes_are_level_rotations_above_the_counter() -> None:
    camera = camera_at((0.0, 0.2, 0.0))
    np.testing.assert_allclose(camera.turn @ camera.turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.turn) == pytest.approx(1.0)
    assert camera.position[2] == pytest.approx(0.6, abs=0.05)
    assert camera.turn[2, 2] < -0.5


@pytest.mark.parametrize("x", [-0.5, 0.0, 0.5])
def test_the_head_turns_to_what_the_hands_do(x: float) -> None:
    pixels, _ = camera_at((x, 0.25, 0.0)).project(np.array([[x, 0.25, 0.0]]))
    assert abs(pixels[0, 0] - 127.5) < 50


def test_things_to_the_right_and_near_are_right_and_low() -> None:
    camera = camera_at((0.0, 0.22, 0.0))
    (middle, right, near), depth = camera.project(np.array([[0.0, 0.22, 0.0], [0.1, 0.22, 0.0], [0.0, 0.1, 0.0]]))
    assert right[0] > middle[0] + 20
    assert near[1] > middle[1] + 10
    assert depth[2] < depth[0]


def test_planes_and_points_are_seen_alike() -> None:
    camera = camera_at((0.1, 0.3, 0.0))
    origin, along, across = np.array([-0.4, 0.1, 0.0]), np.array([0.01, 0.0, 0.0]), np.array([0.0, 0.0, 0.02])
    uv = np.array([[3.0, 4.0], [30.0, 1.0], [50.0, 12.0]])
    world: Array = origin + uv[:, :1] * along + uv[:, 1:] * across
    seen = np.column_stack([uv, np.ones(3)]) @ camera.plane_to_image(origin, along, across).T
    np.testing.assert_allclose(seen[:, :2] / seen[:, 2:], camera.project(world)[0], atol=1e-9)


def test_the_lens_keeps_the_middle_and_bends_the_corners_in() -> None:
    lens = Lens(0.25)
    picture = np.zeros((192, 256), dtype=np.uint8)
    picture[94:98, 126:130] = 255
    bent = cv2.remap(picture, *lens.maps(256, 192), cv2.INTER_LINEAR)
    rows, columns = np.nonzero(bent > 60)
    assert (rows.mean(), columns.mean()) == pytest.approx((95.5, 127.5), abs=0.6)
    # A straight line along the upper edge of the wider pinhole picture is bent towards the middle at its ends.
    picture[:] = 0
    picture[30] = 255
    bent = cv2.remap(picture, *lens.maps(256, 192), cv2.INTER_LINEAR)
    assert bent[:, 128].argmax() < bent[:, 20].argmax()

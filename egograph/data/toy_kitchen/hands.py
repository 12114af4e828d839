"""Hands: a skeleton of 21 joints, the shapes that it takes, and where it must be to hold a thing."""

from dataclasses import dataclass

import numpy as np

from egograph.data.toy_kitchen.motion import Array, Poses, euler

LEFT, RIGHT = 0, 1
HANDS = (LEFT, RIGHT)
SIGNS = (-1.0, 1.0)

# Joints: wrist, thumb (4), index (4), middle (4), ring (4), little (4). Hand axes of the right hand, metres:
# y along the fingers, x away from the thumb, z out of the back of the hand. The left hand is its mirror image.
FINGERS = (5, 9, 13, 17)
FINGERTIPS = (4, 8, 12, 16, 20)
KNUCKLES = np.array([[-0.029, 0.094, 0.0], [-0.007, 0.098, 0.003], [0.015, 0.092, 0.001], [0.034, 0.081, -0.004]])
BONES = np.array([[0.042, 0.026, 0.021], [0.047, 0.030, 0.022], [0.043, 0.028, 0.021], [0.034, 0.020, 0.019]])
THUMB_ROOT = np.array([-0.022, 0.026, -0.008])
# Thickness at each joint.
RADII = np.array(
    [
        0.027,
        *(0.0160, 0.0135, 0.0115, 0.0095),
        *(0.0115, 0.0100, 0.0088, 0.0074),
        *(0.0115, 0.0100, 0.0090, 0.0076),
        *(0.0110, 0.0095, 0.0085, 0.0072),
        *(0.0100, 0.0085, 0.0075, 0.0064),
    ]
)

ThumbShape = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]


def _joints(flex: tuple[float, float, float], spread: float, fan: float, thumb: ThumbShape) -> Array:
    """`[21, 3]`: fingers bent by three angles (degrees), fanned out by `spread`; each next finger bends `fan` more."""
    joints = np.zeros((21, 3))
    joints[1] = THUMB_ROOT
    joints[2:5] = thumb
    for finger, first in enumerate(FINGERS):
        side = np.radians(spread * (-1.1, -0.2, 0.6, 1.4)[finger])
        place, bent = KNUCKLES[finger], 0.0
        joints[first] = place
        for bone in range(3):
            bent += np.radians(flex[bone] + fan * (finger - 1))
            along = np.array([np.sin(side) * np.cos(bent), np.cos(side) * np.cos(bent), -np.sin(bent)])
            place = place + BONES[finger, bone] * along
            joints[first + bone + 1] = place
    return joints


SHAPES: dict[str, Array] = {
    "open": _joints(
        (10.0, 14.0, 8.0), 11.0, 2.0, ((-0.054, 0.050, -0.012), (-0.078, 0.074, -0.018), (-0.092, 0.098, -0.022))
    ),
    "rest": _joints(
        (26.0, 32.0, 18.0), 6.0, 3.0, ((-0.048, 0.052, -0.018), (-0.062, 0.080, -0.026), (-0.062, 0.106, -0.034))
    ),
    "top": _joints(
        (44.0, 46.0, 26.0), 10.0, 2.0, ((-0.048, 0.048, -0.026), (-0.056, 0.074, -0.046), (-0.048, 0.094, -0.066))
    ),
    "side": _joints(
        (52.0, 52.0, 34.0), 2.0, 3.0, ((-0.048, 0.050, -0.030), (-0.058, 0.074, -0.050), (-0.046, 0.094, -0.068))
    ),
    "rim": _joints(
        (16.0, 14.0, 8.0), 4.0, 3.0, ((-0.046, 0.052, -0.026), (-0.046, 0.084, -0.040), (-0.036, 0.112, -0.044))
    ),
    "tool": _joints(
        (60.0, 78.0, 46.0), 0.0, 2.0, ((-0.044, 0.050, -0.022), (-0.046, 0.078, -0.036), (-0.030, 0.098, -0.044))
    ),
    "pinch": _joints(
        (42.0, 38.0, 20.0), 4.0, 8.0, ((-0.050, 0.052, -0.028), (-0.054, 0.084, -0.048), (-0.040, 0.108, -0.062))
    ),
}


@dataclass(frozen=True)
class Hold:
    """How a hand meets a thing: its shape, and the place in its own (right-hand) axes that lies in its grip."""

    shape: str
    grip: tuple[float, float, float]


HOLDS: dict[str, Hold] = {
    "top": Hold("top", (-0.014, 0.088, -0.046)),
    "side": Hold("side", (-0.004, 0.078, -0.020)),
    "rim": Hold("rim", (-0.006, 0.112, -0.020)),
    "tool": Hold("tool", (-0.004, 0.088, -0.030)),
    "bar": Hold("tool", (-0.004, 0.088, -0.030)),
    "hook": Hold("tool", (-0.002, 0.092, -0.030)),
    "pull": Hold("tool", (0.0, 0.092, -0.030)),
    "lever": Hold("pinch", (-0.024, 0.108, -0.050)),
    "knob": Hold("pinch", (-0.022, 0.106, -0.054)),
    "edge": Hold("pinch", (-0.020, 0.112, -0.044)),
}


def mirrored(where: Poses) -> Poses:
    """The pose in a world whose x runs the other way."""
    flip = np.diag([-1.0, 1.0, 1.0])
    return Poses(where.position * (-1.0, 1.0, 1.0), flip @ where.turn @ flip)


def grasp_pose(grasp: str, grip: Array, along: Array, girth: float, body_x: float, hand: int, size: float) -> Poses:
    """Where a hand must be to hold a thing.

    Args:
        grasp: a key of HOLDS.
        grip: `[3]`, the gripped place in the world.
        along: `[3]`, the thing's y axis in the world (what a tool points at).
        girth: half the thickness of what is gripped, metres.
        body_x: where the body stands, metres.
        hand: LEFT or RIGHT.
        size: the hand's size, 1 is average.
    """
    sign = SIGNS[hand]
    x, y, z = float(grip[0] * sign), float(grip[1]), float(grip[2])
    reach = np.arctan2(y + 0.34, x - sign * body_x - 0.19) - np.pi / 2
    centre = np.array(HOLDS[grasp].grip) * size
    if grasp in ("tool", "bar"):
        pointing = np.arctan2(along[1], along[0] * sign) - np.pi / 2
        turn_in_hand = np.clip(_wrapped(pointing - reach), np.radians(12.0), np.radians(95.0))
        turn = euler(yaw=_wrapped(pointing - turn_in_hand), pitch=-0.12)
        centre[2] -= 0.3 * girth
    elif grasp == "side":
        turn = euler(yaw=reach + 0.30, pitch=-0.30, roll=1.2)
        centre[2] -= girth
    elif grasp == "rim":
        turn = euler(yaw=reach + 0.15, pitch=-0.15, roll=2.6)
    elif grasp == "hook":
        turn = euler(yaw=reach + 0.15, pitch=0.0, roll=1.35)
    elif grasp == "pull":
        turn = euler(yaw=0.4 * reach, pitch=-1.05)
    else:
        turn = euler(yaw=reach, pitch={"top": -0.62, "lever": -0.5, "knob": -0.75, "edge": -0.45}[grasp], roll=0.12)
    place = Poses((np.array([x, y, z]) - turn @ centre).reshape(1, 3), turn.reshape(1, 3, 3))
    return place if hand == RIGHT else mirrored(place)


def rim_direction(place: Array, body_x: float, hand: int) -> Array:
    """The unit direction `[2]`, in the world, from a round thing's middle to where a hand takes its rim."""
    away = np.array([body_x + SIGNS[hand] * 0.42, -0.18]) - place[:2]
    return np.asarray(away / np.linalg.norm(away))


def hand_shape(name: str, girth: float) -> Array:
    """Joints `[21, 3]` of a shape of SHAPES; round grips open as far as the thing is thick."""
    if name in ("top", "side"):
        closed = min(max(1.25 - girth / 0.06, 0.35), 1.0)
        return SHAPES["open"] + closed * (SHAPES[name] - SHAPES["open"])
    return SHAPES[name]


def place_joints(shape: Array, where: Poses, hand: int, size: float) -> Array:
    """Joints in the world `[n, 21, 3]` of shapes `[n, 21, 3]` at poses of `n`."""
    local = shape * size
    if hand == LEFT:
        local = local * (-1.0, 1.0, 1.0)
    placed: Array = np.einsum("nij,nkj->nki", where.turn, local) + where.position[:, None]
    return placed


def _wrapped(angle: float) -> float:
    return float((angle + np.pi) % (2.0 * np.pi) - np.pi)

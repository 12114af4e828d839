"""A planned stage, sampled at every frame: where all bodies, hands, levels and the camera are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.camera import Camera, HeadMotion, Lens, head_poses
from egograph.data.toy_kitchen.hands import HANDS, SIGNS, place_joints
from egograph.data.toy_kitchen.motion import Array, Course, Poses
from egograph.data.toy_kitchen.paint import Colour
from egograph.data.toy_kitchen.solids import Solid
from egograph.data.toy_kitchen.stage import HandState, Stage

# Numbers of bodies on the canvas: 0 the room, 1 and 2 the left and right hand, then the entities, then the liquids.
FIRST_ENTITY = 3


@dataclass(frozen=True)
class View:
    """The camera of one video: its lens, its horizontal angle of view in degrees, and the head's motion."""

    lens: Lens
    degrees: float
    motion: HeadMotion


@dataclass(frozen=True)
class Body:
    """A solid with its number on the canvas and its poses at every frame."""

    solid: Solid
    number: int
    poses: Poses


@dataclass(frozen=True)
class Filling:
    """What fills a container: colour, whether there are chunks in it, level and turn (cycles) at every frame."""

    colour: Colour
    chunks: bool
    level: Array
    swirl: Array


class Timeline:
    """A stage at `T` frames. Bodies are the things, the fixtures' moving parts, the fixtures' bases, the sink.

    Attributes:
        times: `[T]`, seconds.
        bodies: `B` of them.
        position: `[T, B, 3]`, metres.
        turn: `[T, B, 3, 3]`.
        levels: `[T]` for each fixture, how far it is open or on.
        squash: `[T, things]`, how far each thing is pressed together.
        cuts: `[T, things]`, how far it is cut or peeled.
        fillings: what is in containers, by thing.
        wrists: poses of the left and right hand.
        joints: `[T, 21, 3]` of each hand, metres.
        elbows: `[T, 3]` of each arm.
        flicker: `[T, 8]`, noise for what is never still.
    """

    def __init__(
        self, stage: Stage, view: View, size: tuple[int, int], fps: int, seconds: float, rng: np.random.Generator
    ) -> None:
        self.times = np.arange(round(seconds * fps)) / fps
        self.stage, self._view, self._size = stage, view, size
        self.bodies = self._bodies()
        self.position = np.stack([body.poses.position for body in self.bodies], axis=1)
        self.turn = np.stack([body.poses.turn for body in self.bodies], axis=1)
        self.levels = {noun: level.at(self.times) for noun, level in stage.levels.items()}
        self.squash = np.stack([level.at(self.times) for level in stage.squash], axis=1)
        self.cuts = np.stack([level.at(self.times) for level in stage.cuts], axis=1)
        self.fillings = {
            thing: Filling(what.colour, what.chunks, what.level.at(self.times), what.swirl.at(self.times))
            for thing, what in stage.contents.items()
        }
        self.wrists = [state.course.at(self.times) for state in stage.hands]
        self.joints = [self._joints(hand, state) for hand, state in zip(HANDS, stage.hands, strict=True)]
        self.elbows = [self._elbow(hand) for hand in HANDS]
        focus = np.stack([level.at(self.times) for level in stage.focus], axis=1)
        self._eyes, self._gaze = head_poses(view.motion, focus, fps, rng)
        self.flicker = rng.uniform(-1.0, 1.0, (len(self.times), 8))

    @property
    def first_liquid(self) -> int:
        """The number of the first liquid on the canvas."""
        return FIRST_ENTITY + len(self.stage.things) + len(self.stage.fixtures)

    def part_index(self, noun: str) -> int:
        """The place among the bodies of a fixture's moving part."""
        return len(self.stage.things) + list(self.stage.fixtures).index(noun)

    def base_index(self, noun: str) -> int:
        """The place among the bodies of a fixture's base."""
        return len(self.stage.things) + len(self.stage.fixtures) + self._based().index(noun)

    def sink_index(self) -> int:
        """The place among the bodies of the sink."""
        return len(self.bodies) - 1

    def points_on(self, local: list[tuple[float, float, float]]) -> Array:
        """`[T, k, 3]`, where in the world a point of each of the first `k` bodies, in its own axes, is."""
        moved: Array = np.einsum("tkij,kj->tki", self.turn[:, : len(local)], np.array(local))
        return moved + self.position[:, : len(local)]

    def camera(self, frame: int) -> Camera:
        """The camera at a frame."""
        width, height = self._size
        focal = width / 2.0 / np.tan(np.radians(self._view.degrees) / 2.0) / self._view.lens.margin
        centre = np.array([width / 2.0 - 0.5, height / 2.0 - 0.5])
        return Camera(self._eyes[frame], self._gaze[frame], focal, centre)

    def _based(self) -> list[str]:
        return [noun for noun, fixture in self.stage.fixtures.items() if fixture.base is not None]

    def _bodies(self) -> list[Body]:
        stage = self.stage
        bodies = [self._moving(thing.solid, stage.courses[index], index) for index, thing in enumerate(stage.things)]
        for noun, fixture in stage.fixtures.items():
            bodies.append(self._moving(fixture.moving, stage.parts[noun], stage.entity_of(noun)))
        for noun in self._based():
            fixture = stage.fixtures[noun]
            assert fixture.base is not None
            bodies.append(self._fixed(fixture.base, FIRST_ENTITY + stage.entity_of(noun) if fixture.base_shown else 0))
        if stage.sink is not None:
            bodies.append(self._fixed(stage.sink.solid, 0))
        return bodies

    def _moving(self, solid: Solid, course: Course, entity: int) -> Body:
        return Body(solid, FIRST_ENTITY + entity, course.at(self.times))

    def _fixed(self, solid: Solid, number: int) -> Body:
        count = len(self.times)
        return Body(solid, number, Poses(np.zeros((count, 3)), np.repeat(np.eye(3)[None], count, 0)))

    def _joints(self, hand: int, state: HandState) -> Array:
        """Joints in the world; between its keys the hand's shape changes evenly."""
        keys = np.array([time for time, _ in state.shapes])
        shapes = np.stack([shape for _, shape in state.shapes])
        after = np.clip(np.searchsorted(keys, self.times, side="right"), 1, max(len(keys) - 1, 1))
        after = np.minimum(after, len(keys) - 1)
        before = np.maximum(after - 1, 0)
        share = np.clip((self.times - keys[before]) / np.maximum(keys[after] - keys[before], 1e-6), 0.0, 1.0)
        local = shapes[before] + share[:, None, None] * (shapes[after] - shapes[before])
        return place_joints(local, self.wrists[hand], hand, self.stage.hand_size)

    def _elbow(self, hand: int) -> Array:
        body = self.stage.body_x_at(self.times)
        count = len(body)
        # Beside and below the eyes: out of the picture, so that no arm ends in it.
        place = (-0.34, 0.42 * self._view.motion.height)
        return np.stack([body + SIGNS[hand] * 0.18, np.full(count, place[0]), np.full(count, place[1])], axis=1)


class Points:
    """The points, normals and rods of all bodies in one row each, to be moved and projected at one go."""

    def __init__(self, bodies: list[Body]) -> None:
        solids = [body.solid for body in bodies]
        self.local = np.concatenate([solid.points for solid in solids])
        self.normals = np.concatenate([solid.normals for solid in solids])
        self.starts = _starts([len(solid.points) for solid in solids])
        self.normal_starts = _starts([len(solid.normals) for solid in solids])
        self.rod_starts = _starts([len(solid.rods) for solid in solids])
        self.owner = np.repeat(np.arange(len(solids)), np.diff(self.starts))
        self.normal_owner = np.repeat(np.arange(len(solids)), np.diff(self.normal_starts))
        begin = self.starts[:-1]
        self.anchors = np.concatenate([solid.anchors + start for solid, start in zip(solids, begin, strict=True)])
        self.rods = np.concatenate([solid.rods + start for solid, start in zip(solids, begin, strict=True)])
        self.radii = np.concatenate([solid.radii for solid in solids])

    def of(self, body: int) -> slice:
        """The row of a body's points."""
        return slice(self.starts[body], self.starts[body + 1])


def _starts(counts: list[int]) -> NDArray[np.intp]:
    return np.cumsum([0, *counts])

"""The stage: where everything is over time, who touches what, and the primitive motions that change it."""

from dataclasses import dataclass, field

import numpy as np

from egograph.data.toy_kitchen.actions import Pair
from egograph.data.toy_kitchen.fixtures import Fixture, Ring, Sink
from egograph.data.toy_kitchen.hands import (
    HANDS,
    HOLDS,
    SHAPES,
    SIGNS,
    grasp_pose,
    hand_shape,
    rim_direction,
)
from egograph.data.toy_kitchen.motion import (
    Array,
    Course,
    Level,
    Piece,
    Poses,
    about,
    carried,
    compose,
    euler,
    moving,
    pose,
    ramp,
    relative,
    still,
)
from egograph.data.toy_kitchen.records import HELD, INSIDE, Contents, Deed, Drip, Flow, Place, Stay, Touch, Wash
from egograph.data.toy_kitchen.things import Thing


@dataclass
class HandState:
    """What a hand does: its course, its shape over time, and what it holds."""

    course: Course
    shapes: list[tuple[float, Array]]
    holds: int = -1
    touching: tuple[int, float] | None = None
    resting: bool = True


@dataclass
class Stage:
    """Everything in the scene over time; what is planned is added at `clock` seconds."""

    fixtures: dict[str, Fixture]
    sink: Sink | None
    ring: Ring | None
    hand_size: float
    rest: tuple[Array, Array]
    rng: np.random.Generator
    things: list[Thing] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    parts: dict[str, Course] = field(default_factory=dict)
    hands: list[HandState] = field(default_factory=list)
    squash: list[Level] = field(default_factory=list)
    cuts: list[Level] = field(default_factory=list)
    contents: dict[int, Contents] = field(default_factory=dict)
    touches: list[Touch] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    drips: list[Drip] = field(default_factory=list)
    washes: list[Wash] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    focus: tuple[Level, Level, Level] = field(default_factory=lambda: (Level(0.0), Level(0.24), Level(0.03)))
    clock: float = 0.0

    def __post_init__(self) -> None:
        for noun, fixture in self.fixtures.items():
            self.levels[noun] = Level(0.0)
            self.parts[noun] = Course(fixture.hinge.piece(self.levels[noun].at))
        for hand in HANDS:
            self.hands.append(HandState(Course(self._resting(hand)), [(-1.0, SHAPES["rest"])]))

    def entity_of(self, noun: str) -> int:
        """The number of a fixture among the entities."""
        return len(self.things) + list(self.fixtures).index(noun)

    def open_fixture(self, noun: str) -> None:
        """Starts the video with a fixture open, or on."""
        self.levels[noun].ramp_to(1.0, -2.0, -1.0)

    def add_thing(self, thing: Thing, where: Poses, place: Place) -> int:
        """Puts a thing on the stage and gives its number."""
        self.things.append(thing)
        self.courses.append(Course(still(where)))
        self.squash.append(Level(0.0))
        self.cuts.append(Level(0.0))
        self.places.append(place)
        return len(self.things) - 1

    # What is where.

    def body_x(self, time: float) -> float:
        """Where the body stands at a time, metres."""
        return float(self._body_x(np.array([time]))[0])

    def body_x_at(self, times: Array) -> Array:
        """Where the body stands at times `[n]`, metres."""
        return self._body_x(times)

    def thing_pose(self, thing: int, time: float) -> Poses:
        """A thing's pose at a time."""
        return self.courses[thing].pose_at(time)

    def inside(self, container: int) -> list[int]:
        """The things inside a container."""
        return [index for index, place in enumerate(self.places) if place == Place(INSIDE, container)]

    def _body_x(self, times: Array) -> Array:
        return 0.75 * self.focus[0].at(times)

    def _resting(self, hand: int) -> Piece:
        turn = euler(yaw=SIGNS[hand] * 0.35, pitch=-0.35)

        def at(times: Array) -> Poses:
            position = self.rest[hand] + np.stack([self._body_x(times), 0 * times, 0 * times], axis=1)
            return Poses(position, np.repeat(turn[None], len(times), 0))

        return at

    # What the hands do.

    def look_at(self, point: Array, start: float) -> None:
        """The eyes turn to a point."""
        for level, value in zip(self.focus, point, strict=True):
            level.ramp_to(float(value), start, start + 0.75)

    def shape_hand(self, hand: int, shape: Array, start: float, stop: float) -> None:
        """The fingers take a shape between two times."""
        state = self.hands[hand]
        start = max(start, state.shapes[-1][0])
        state.shapes.append((start, state.shapes[-1][1]))
        state.shapes.append((max(stop, start), shape))

    def reach(self, hand: int, goal: Poses, grasp: str, girth: float, start: float, stop: float) -> None:
        """A free hand moves to where it will hold something, and closes on it just before `stop`."""
        state = self.hands[hand]
        now = state.course.pose_at(start)
        arc = 0.03 + 0.10 * float(np.linalg.norm(goal.position - now.position))
        state.course.then(start, moving(now, goal, start, stop - 0.06, arc))
        self.shape_hand(hand, SHAPES["open"], start, start + 0.6 * (stop - start))
        self.shape_hand(hand, hand_shape(HOLDS[grasp].shape, girth), stop - 0.16, stop)
        state.resting = False

    def touch(self, hand: int, entity: int, course: Course, start: float) -> None:
        """From `start` on, the hand moves with the thing or the moving part that it holds."""
        state = self.hands[hand]
        offset = relative(course.pose_at(start), state.course.pose_at(start))
        state.course.then(start, carried(course, offset))
        state.touching = (entity, start)
        state.resting = False

    def let_go(self, hand: int, time: float, away: float = 0.11) -> None:
        """The hand opens and draws back, far enough to show what it held."""
        state = self.hands[hand]
        assert state.touching is not None
        entity, start = state.touching
        self.touches.append(Touch(hand, entity, start, time))
        state.touching, state.holds = None, -1
        now = state.course.pose_at(time)
        shift = away * np.array([0.35 * SIGNS[hand], -0.8, 0.5])
        state.course.then(time, moving(now, Poses(now.position + shift, now.turn), time, time + 0.35))
        self.shape_hand(hand, SHAPES["open"], time - 0.02, time + 0.2)

    def settle(self, hand: int, start: float) -> None:
        """A hand that is not needed goes back to rest, or holds what it has in front of the body."""
        state = self.hands[hand]
        if state.holds >= 0:
            self.carry(state.holds, self.hold_pose(state.holds, hand, start), start, start + 0.7, in_air=True)
        elif not state.resting:
            now = state.course.pose_at(start)
            goal = self._resting(hand)

            def back(times: Array, now: Poses = now, goal: Piece = goal, start: float = start) -> Poses:
                target, share = goal(times), ramp(times, start, start + 0.7)[:, None]
                path = moving(now, pose(target.position[0], target.turn[0]), start, start + 0.7)(times)
                return Poses((1 - share) * now.position + share * target.position, path.turn)

            state.course.then(start, back)
            self.shape_hand(hand, SHAPES["rest"], start, start + 0.5)
            state.resting = True

    # What things do.

    def grasp(self, thing: int, hand: int, time: float) -> Poses:
        """Where a hand must be to hold a thing as it lies at a time."""
        return self.grasp_at(thing, hand, self.thing_pose(thing, time), self.body_x(time))

    def grasp_at(self, thing: int, hand: int, where: Poses, body_x: float) -> Poses:
        """Where a hand must be to hold a thing at a pose."""
        what = self.things[thing]
        yaw = np.arctan2(-where.turn[0, 0, 1], where.turn[0, 1, 1])
        level = pose(where.position[0], about(2, yaw))
        grip = np.array(what.grip)
        if what.grasp == "rim":
            local = level.turn[0].T[:2, :2] @ rim_direction(where.position[0], body_x, hand)
            grip = np.array([*(local * _rim_radius(what, local)), what.grip[2]])
        elif what.grasp == "top" and what.noun != "lid":
            near = level.turn[0].T[:2, :2] @ rim_direction(where.position[0], body_x, hand)
            grip[:2] += 0.6 * what.girth * near  # at its near side: the rest of it is seen
        held = level.turn[0] @ grip + level.position[0]
        hand_pose = grasp_pose(what.grasp, held, level.turn[0][:, 1], what.girth, body_x, hand, self.hand_size)
        return compose(where, relative(level, hand_pose))

    def take_hold(self, thing: int, hand: int, time: float) -> None:
        """The thing is held from now on."""
        self.touch(hand, thing, self.courses[thing], time)
        self.hands[hand].holds = thing
        self.places[thing] = Place(HELD, hand)

    def carry(self, thing: int, goal: Poses, start: float, stop: float, arc: float = 0.0, in_air: bool = False) -> None:
        """A held thing moves to a pose; `in_air` poses go along with the body and sway a little."""
        now = self.thing_pose(thing, start)
        path = moving(now, goal, start, stop, arc)
        if not in_air:
            self.courses[thing].then(start, path)
            return
        body, phase = self.body_x(start), float(self.rng.uniform(0.0, 6.0))

        def held(times: Array) -> Poses:
            poses = path(times)
            share = ramp(times, start, stop)
            poses.position[:, 0] += share * (self._body_x(times) - body)
            angle = times[:, None] * np.array([2.1, 1.7, 2.7]) + phase
            return Poses(poses.position + 0.004 * share[:, None] * np.sin(angle), poses.turn)

        self.courses[thing].then(start, held)

    def facing_hand(self, thing: int, hand: int, position: Array, time: float, tilt: Array | None = None) -> Poses:
        """The pose at a place that keeps the holding wrist at ease: the thing turns about z along with the arm."""
        now = self.thing_pose(thing, time)
        turn = now.turn[0]
        body = self.body_x(time)
        yaw = np.arctan2(-turn[0, 1], turn[1, 1])
        before = _arm_angle(now.position[0], body, hand)
        after = _arm_angle(position, 0.75 * position[0], hand)
        turned = about(2, yaw + float(np.clip(after - before, -1.2, 1.2)))
        return pose(position, turned if tilt is None else turned @ tilt)

    def hold_pose(self, thing: int, hand: int, time: float) -> Poses:
        """In front of the body, in the air."""
        what = self.things[thing]
        spot = hold_spot(what, hand, self.body_x(time))
        tilt = about(0, -0.25) if what.grasp == "tool" and what.hollow == 0.0 else np.eye(3)
        return self.facing_hand(thing, hand, spot, time, tilt)

    def record(
        self,
        pair: Pair,
        start: float,
        stop: float,
        hands: tuple[int, ...],
        thing: int,
        target: int = -1,
        others: tuple[str, ...] = (),
    ) -> None:
        """Labels an action."""
        self.deeds.append(Deed(*pair, start, stop, hands, thing, target, others))

    def finish(self, stop: float) -> None:
        """Ends what is still held or stays inside."""
        for hand, state in enumerate(self.hands):
            if state.touching is not None:
                self.touches.append(Touch(hand, state.touching[0], state.touching[1], stop))
                state.touching = None


def hold_spot(what: Thing, hand: int, body_x: float) -> Array:
    """`[3]`, where a hand holds a thing while nothing is done with it."""
    forward = 0.11 if what.footprint < 0.09 else 0.15
    return np.array([body_x + SIGNS[hand] * 0.135, forward, 0.12 - 0.22 * what.height])


def _arm_angle(place: Array, body_x: float, hand: int) -> float:
    return float(np.arctan2(place[1] + 0.34, place[0] - body_x - SIGNS[hand] * 0.19))


def _rim_radius(what: Thing, direction: Array) -> float:
    """How far from a thing's middle its rim is gripped, in a direction."""
    if what.noun != "board:chopping":
        return what.grip[0]
    half = np.array([what.grip[0], 1.45 * what.grip[0] + 0.004])
    return float((half / np.maximum(np.abs(direction), 1e-6)).min())

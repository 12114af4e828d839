"""Painting one frame: room, what stands in it from far to near, then the hands and what they hold."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.develop import smear, smear_over, smears
from egograph.data.toy_kitchen.food import paint_cuts, paint_filling
from egograph.data.toy_kitchen.hand_paint import HandPainter, SeenHand
from egograph.data.toy_kitchen.hands import HANDS
from egograph.data.toy_kitchen.liquids import paint_drops, paint_stream, paint_tap_water
from egograph.data.toy_kitchen.looks import Look
from egograph.data.toy_kitchen.motion import Array
from egograph.data.toy_kitchen.paint import Canvas, fixed
from egograph.data.toy_kitchen.room import Room, paint_shadows
from egograph.data.toy_kitchen.sight import Sight
from egograph.data.toy_kitchen.solids import SIDES
from egograph.data.toy_kitchen.timeline import Points, Timeline

GLOWS = ((0.95, (235.0, 80.0, 30.0)), (0.75, (255.0, 140.0, 60.0)), (0.5, (225.0, 60.0, 25.0)))


class Scene:
    """One frame of a timeline, while it is painted."""

    def __init__(self, timeline: Timeline, points: Points, look: Look, room: Room, frame: int, canvas: Canvas) -> None:
        self._line, self._look, self._room = timeline, look, room
        self._stage, self._frame, self._canvas = timeline.stage, frame, canvas
        self._time = float(timeline.times[frame])
        self._camera = timeline.camera(frame)
        height, width = canvas.image.shape[:2]
        self._sight = Sight(timeline, points, look.light, frame, self._camera, (width, height))
        self._sort()

    def paint(self, shutter: float) -> None:
        """Paints everything; `shutter` is the share of the time between frames for which it is open."""
        self._paint_room()
        self._paint_standing()
        self._canvas.image = smear(self._canvas.image, shutter * self._motion(None))
        self._paint_hands(shutter)

    def _sort(self) -> None:
        """Finds for every thing whether it is inside something, in a hand, or by itself."""
        stage, time = self._stage, self._time
        self._nested: dict[tuple[int, str], list[int]] = {}
        within: set[int] = set()
        for stay in stage.stays:
            if stay.start <= time <= stay.stop and self._is_low(stay.thing, stay.container, stay.fixture):
                self._nested.setdefault((stay.container, stay.fixture), []).append(stay.thing)
                within.add(stay.thing)
        self._held: dict[int, int] = {}
        for touch in stage.touches:
            if (
                touch.start <= time < touch.stop
                and touch.hand not in self._held
                and self._is_lifted(touch.entity, within)
            ):
                self._held[touch.hand] = touch.entity
        apart = within | set(self._held.values())
        self._free = [thing for thing in range(len(stage.things)) if thing not in apart]

    def _is_low(self, thing: int, container: int, fixture: str) -> bool:
        """Whether a thing is so low that its container's near wall can hide it."""
        if fixture == "bin":
            return True
        lowest = float(self._sight.world(thing)[:, 2].min())
        if fixture:
            return lowest < 0.0
        rim = float(self._line.position[self._frame, container, 2]) + self._stage.things[container].rim
        return lowest < rim + (0.004 if self._stage.things[thing].noun == "lid" else -0.004)

    def _is_lifted(self, entity: int, within: set[int]) -> bool:
        """Whether a touched entity is painted with the hand: not where it stands, or holds something."""
        things = self._stage.things
        if entity >= len(things) or entity in within or entity in self._held.values():
            return False
        lies = (
            things[entity].flat
            and things[entity].grasp == "rim"
            and self._line.position[self._frame, entity, 2] < 0.004
        )
        return not (lies or (entity, "") in self._nested or entity in self._line.fillings)

    def _paint_room(self) -> None:
        canvas, stage, line = self._canvas, self._stage, self._line
        self._room.paint_floor(canvas, self._camera)
        if "drawer" in stage.fixtures:
            self._paint_group(line.part_index("drawer"), self._nested.get((-1, "drawer"), []))
        self._room.paint_counter(canvas, self._camera)
        if stage.sink is not None:
            self._paint_body(line.sink_index())
        if "hob" in stage.fixtures:
            self._paint_body(line.base_index("hob"))
            self._paint_glow()
        paint_shadows(canvas, self._camera, self._look.light, self._shadow_casters())
        if "hob" in stage.fixtures:
            self._paint_body(line.part_index("hob"))
        for thing in self._nested.get((-1, "sink"), []):
            self._paint_body(thing)
        for noun in ("cupboard", "fridge"):
            if noun in stage.fixtures:
                self._paint_body(line.base_index(noun))

    def _shadow_casters(self) -> list[Array]:
        line = self._line
        casters = [self._sight.world(thing)[::2] for thing in (*self._free, *self._held.values())]
        if "bin" in self._stage.fixtures:
            casters.append(self._sight.world(line.base_index("bin")))
        for hand in HANDS:
            joints, elbow = line.joints[hand][self._frame], line.elbows[hand][self._frame]
            beside = np.array([0.025, 0.0, 0.0])
            casters += [joints, np.stack([joints[0] - beside, joints[0] + beside, elbow - beside, elbow + beside])]
        return casters

    def _paint_glow(self) -> None:
        ring, level = self._stage.ring, float(self._line.levels["hob"][self._frame])
        if ring is None or level < 0.1:
            return
        angle = np.arange(SIDES) * 2.0 * np.pi / SIDES
        circle = np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=1)
        number = self._line.bodies[self._line.part_index("hob")].number
        for share, colour in GLOWS:
            outline = fixed(self._camera.project(np.array(ring.centre) + share * ring.radius * circle)[0])
            self._canvas.veil(outline, colour, 0.75 * min(1.0, (level - 0.1) / 0.6), number)

    def _paint_standing(self) -> None:
        """What stands on the counter and hangs on the wall, far things first."""
        stage, line = self._stage, self._line
        steps: list[tuple[float, Callable[[], None]]] = []
        for thing in self._free:
            _, y, z = line.position[self._frame, thing]
            # What is flat can hide nothing that stands, so it comes first.
            away = y + (5.0 if stage.things[thing].flat and z < 0.01 else 0.0) - 0.3 * max(z, 0.0)
            steps.append((away, partial(self._paint_group, thing, self._nested.get((thing, ""), []))))
        for noun in ("cupboard", "fridge"):
            if noun in stage.fixtures:
                door = line.part_index(noun)
                steps.append((float(self._sight.world(door)[:, 1].mean()), partial(self._paint_body, door)))
        if "bin" in stage.fixtures:
            steps.append((stage.fixtures["bin"].mouth[1], self._paint_bin))
        if "tap" in stage.fixtures:
            steps.append((0.40, self._paint_tap))
        for _, step in sorted(steps, key=lambda entry: -entry[0]):
            step()

    def _paint_body(self, body: int) -> None:
        if self._sight.shown[body]:
            self._line.bodies[body].solid.paint(self._canvas, self._sight.seen(body))

    def _paint_group(self, body: int, inside: list[int]) -> None:
        """A body with its contents: what is inside it, what flows into it, and its near wall again."""
        if not self._sight.shown[body]:
            return
        solid, seen, line, frame = self._line.bodies[body].solid, self._sight.seen(body), self._line, self._frame
        solid.paint(self._canvas, seen)
        if body in line.fillings:
            paint_filling(self._canvas, solid, seen, line.fillings[body], frame)
        if body < len(self._stage.things):
            paint_cuts(self._canvas, self._camera, self._look.light, line, frame, body)
        for thing in sorted(inside, key=lambda one: -float(line.position[frame, one, 1])):
            self._paint_group(thing, self._nested.get((thing, ""), []))
        for flow in self._stage.flows:
            if flow.container == body and flow.start <= self._time <= flow.stop:
                paint_stream(self._canvas, self._camera, self._look.light, line, frame, flow)
        lids = body < len(self._stage.things) and all(self._stage.things[one].noun == "lid" for one in inside)
        if (inside and not lids) or body in line.fillings:
            solid.paint_front(self._canvas, seen)

    def _paint_bin(self) -> None:
        lid, base = self._line.part_index("bin"), self._line.base_index("bin")
        is_open = self._line.levels["bin"][self._frame] > 0.45
        if is_open:
            self._paint_body(lid)
        self._paint_group(base, self._nested.get((-1, "bin"), []))
        if not is_open:
            self._paint_body(lid)

    def _paint_tap(self) -> None:
        self._paint_body(self._line.base_index("tap"))
        self._paint_body(self._line.part_index("tap"))
        if self._washed() is None:
            paint_tap_water(self._canvas, self._camera, self._line, self._frame, None)

    def _washed(self) -> int | None:
        """The thing that is held under the tap."""
        for wash in self._stage.washes:
            if wash.start <= self._time <= wash.stop:
                return wash.thing
        return None

    def _paint_hands(self, shutter: float) -> None:
        """The far hand first, then what falls in front of both."""
        for hand in sorted(HANDS, key=lambda hand: -self._hand_depth(hand)):
            motion = shutter * self._motion(hand)
            if smears(motion):
                self._paint_hand_blurred(hand, motion)
            else:
                self._paint_hand(hand)
        for drip in self._stage.drips:
            if drip.start <= self._time <= drip.stop:
                since, points = self._time - drip.start, self._sight.world(drip.thing)
                number = self._line.bodies[drip.thing].number
                juice = self._stage.things[drip.thing].juice
                paint_drops(self._canvas, self._camera, self._look.light, points, since, juice, number)
        washed = self._washed()
        if washed is not None:
            height = float(self._sight.world(washed)[:, 2].mean())
            paint_tap_water(self._canvas, self._camera, self._line, self._frame, height)

    def _hand_depth(self, hand: int) -> float:
        point = self._line.joints[hand][self._frame, 9]
        if hand in self._held:
            point = 0.5 * (point + self._sight.world(self._held[hand]).mean(0))
        return float((point - self._camera.position) @ self._camera.turn[2])

    def _paint_hand_blurred(self, hand: int, motion: Array) -> None:
        canvas = self._canvas
        below, bodies = canvas.image, canvas.bodies
        painted = np.zeros(below.shape[:2], dtype=np.uint8)
        canvas.image, canvas.bodies = below.copy(), painted
        self._paint_hand(hand)
        smear_over(below, canvas.image, painted, motion, self._hand_box(hand))
        canvas.image, canvas.bodies = below, bodies
        if bodies is not None:
            np.copyto(bodies, painted, where=painted > 0)

    def _paint_hand(self, hand: int) -> None:
        line, frame = self._line, self._frame
        back = line.wrists[hand].turn[frame, :, 2]
        seen = SeenHand(hand, 1 + hand, line.joints[hand][frame], line.elbows[hand][frame], back)
        painter = HandPainter(self._canvas, seen, self._camera, self._look.hands, self._look.light)
        thing = self._held.get(hand)
        if thing is None:
            painter.paint()
            return
        grip = line.turn[frame, thing] @ self._grip(thing, hand) + line.position[frame, thing]
        away = float((grip - self._camera.position) @ self._camera.turn[2])
        painter.paint_holding(away, partial(self._paint_group, thing, []), self._stage.things[thing].grasp == "rim")

    def _grip(self, thing: int, hand: int) -> Array:
        """Where a hand grips a thing, in the thing's axes; on a rim it is where the fingers are."""
        what, line, frame = self._stage.things[thing], self._line, self._frame
        if what.grasp != "rim":
            return np.array(what.grip)
        fingers = line.joints[hand][frame, [4, 8, 12]].mean(0)
        local = line.turn[frame, thing].T @ (fingers - line.position[frame, thing])
        return np.array([local[0], local[1], what.grip[2]])

    def _hand_box(self, hand: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of all that is painted with a hand."""
        points = [self._line.joints[hand][self._frame], self._line.elbows[hand][self._frame][None]]
        if hand in self._held:
            points.append(self._sight.world(self._held[hand]))
        xy, depth = self._camera.project(np.concatenate(points))
        margin = 0.07 * self._camera.focal / float(depth.min())
        height, width = self._canvas.image.shape[:2]
        low, high = np.clip(xy.min(0) - margin, 0, (width, height)), np.clip(xy.max(0) + margin, 0, (width, height))
        return int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1

    def _motion(self, hand: int | None) -> Array:
        """How far, in pixels, a hand (or the room, straight ahead) moves from one frame to the next."""
        before = max(self._frame - 1, 0)
        if hand is None:
            now = then = self._camera.position + 0.6 * self._camera.turn[2]
        else:
            now, then = self._line.joints[hand][self._frame, 9], self._line.joints[hand][before, 9]
        moved = self._camera.project(now[None])[0] - self._line.camera(before).project(then[None])[0]
        motion: NDArray[np.float64] = moved[0]
        return motion

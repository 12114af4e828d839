"""Painting one video: every frame from the stage, and which body is seen where."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egograph.data.toy_kitchen.camera import Camera, HeadMotion, Lens, head_poses
from egograph.data.toy_kitchen.develop import Development, smear, smear_over, smears
from egograph.data.toy_kitchen.hand_paint import HandPainter, SeenHand
from egograph.data.toy_kitchen.hands import SIGNS, place_joints
from egograph.data.toy_kitchen.looks import Look
from egograph.data.toy_kitchen.motion import Array, Course, Poses
from egograph.data.toy_kitchen.paint import Canvas, capsules, fixed, mix, tone
from egograph.data.toy_kitchen.perform import LIQUID_COLOURS
from egograph.data.toy_kitchen.room import Room, paint_shadows
from egograph.data.toy_kitchen.solids import SIDES, Seen, Solid, Turned, rod_outlines
from egograph.data.toy_kitchen.stage import HANDS, Stage
from egograph.data.toy_kitchen.things import Thing

FIRST_ENTITY = 3


@dataclass(frozen=True)
class View:
    """The camera of one video: its lens, its horizontal angle of view in degrees, and the head's motion."""

    lens: Lens
    degrees: float
    motion: HeadMotion


@dataclass
class _Body:
    """A solid with its poses over all frames."""

    solid: Solid
    poses: Poses
    number: int


class Renderer:
    """Paints the frames of one video.

    Body numbers on the canvas: 0 the room, 1 and 2 the left and right hand, then the entities (things, fixtures),
    then the liquids by the order of LIQUID_COLOURS.
    """

    def __init__(
        self, stage: Stage, look: Look, view: View, size: tuple[int, int], fps: int, seconds: float, rng: np.random.Generator
    ) -> None:
        self.times = np.arange(round(seconds * fps)) / fps
        self._stage, self._look, self._view, self._size, self._fps = stage, look, view, size, fps
        self._room = Room(look, rng)
        self._development = Development(look.picture, view.lens, size, rng)
        self._things = [self._body(thing.solid, stage.courses[index], FIRST_ENTITY + index) for index, thing in enumerate(stage.things)]
        self._parts = {
            noun: self._body(fixture.moving, stage.parts[noun], FIRST_ENTITY + stage.entity_of(noun)) for noun, fixture in stage.fixtures.items()
        }
        self._bases = {
            noun: self._fixed(fixture.base, FIRST_ENTITY + stage.entity_of(noun) if fixture.base_shown else 0)
            for noun, fixture in stage.fixtures.items()
            if fixture.base is not None
        }
        self._sink = self._fixed(stage.sink.solid, 0) if stage.sink else None
        self._bodies = [*self._things, *self._parts.values(), *self._bases.values(), *([self._sink] if self._sink else [])]
        self._levels = {noun: level.at(self.times) for noun, level in stage.levels.items()}
        self._squash = np.stack([stage.squash[index].at(self.times) for index in range(len(stage.things))], axis=1)
        self._cuts = np.stack([stage.cuts[index].at(self.times) for index in range(len(stage.things))], axis=1)
        self._contents = {index: (what, what.level.at(self.times), what.swirl.at(self.times)) for index, what in stage.contents.items()}
        self._join_points()
        self._set_hands()
        focus = np.stack([level.at(self.times) for level in stage.focus], axis=1)
        self._eyes, self._gaze = head_poses(view.motion, focus, fps, rng)
        self.liquids = tuple(LIQUID_COLOURS)
        self.first_liquid = FIRST_ENTITY + len(stage.things) + len(stage.fixtures)
        self._flicker = rng.uniform(-1.0, 1.0, (len(self.times), 8))

    def _body(self, solid: Solid, course: Course, number: int) -> _Body:
        return _Body(solid, course.at(self.times), number)

    def _fixed(self, solid: Solid, number: int) -> _Body:
        count = len(self.times)
        return _Body(solid, Poses(np.zeros((count, 3)), np.repeat(np.eye(3)[None], count, 0)), number)

    def _join_points(self) -> None:
        solids = [body.solid for body in self._bodies]
        self._points = np.concatenate([solid.points for solid in solids])
        self._normals = np.concatenate([solid.normals for solid in solids])
        counts = [len(solid.points) for solid in solids]
        self._starts = np.cumsum([0, *counts])
        self._normal_starts = np.cumsum([0, *(len(solid.normals) for solid in solids)])
        self._owner = np.repeat(np.arange(len(solids)), counts)
        self._normal_owner = np.repeat(np.arange(len(solids)), np.diff(self._normal_starts))
        self._anchors = np.concatenate([solid.anchors + start for solid, start in zip(solids, self._starts, strict=False)])
        self._rods = np.concatenate([solid.rods + start for solid, start in zip(solids, self._starts, strict=False)])
        self._radii = np.concatenate([solid.radii for solid in solids])
        self._rod_starts = np.cumsum([0, *(len(solid.rods) for solid in solids)])
        self._position = np.stack([body.poses.position for body in self._bodies], axis=1)
        self._turn = np.stack([body.poses.turn for body in self._bodies], axis=1)

    def _set_hands(self) -> None:
        self.wrists = [state.course.at(self.times) for state in self._stage.hands]
        self.joints = []
        for hand, state in enumerate(self._stage.hands):
            keys = np.array([time for time, _ in state.shapes]) + 1e-9 * np.arange(len(state.shapes))
            shapes = np.stack([shape for _, shape in state.shapes]).reshape(len(keys), -1)
            after = np.clip(np.searchsorted(keys, self.times), 1, max(len(keys) - 1, 1))
            if len(keys) == 1:
                local = np.repeat(shapes, len(self.times), 0)
            else:
                span = np.maximum(keys[after] - keys[after - 1], 1e-6)
                share = np.clip((self.times - keys[after - 1]) / span, 0.0, 1.0)[:, None]
                local = shapes[after - 1] + share * (shapes[after] - shapes[after - 1])
            joints = place_joints(local.reshape(-1, 21, 3), self.wrists[hand], hand, self._stage.hand_size)
            self.joints.append(joints)
        body = self._stage.body_x_at(self.times)
        self._elbows = []
        for hand in HANDS:
            anchor = np.stack([body + SIGNS[hand] * 0.27, np.full(len(body), -0.27), np.full(len(body), 0.10)], axis=1)
            self._elbows.append(anchor)

    def camera(self, frame: int) -> Camera:
        """The camera at a frame."""
        width, height = self._size
        focal = width / 2.0 / np.tan(np.radians(self._view.degrees) / 2.0) / self._view.lens.margin
        centre = np.array([width / 2.0 - 0.5, height / 2.0 - 0.5])
        return Camera(self._eyes[frame], self._gaze[frame], focal, centre)

    def frames(self, with_bodies: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.uint8] | None]]:
        """Every frame, uint8 `[H, W, 3]` RGB, with the picture of body numbers `[H, W]` where `with_bodies` `[T]` asks."""
        for frame in range(len(self.times)):
            yield self._frame(frame, bool(with_bodies[frame]))

    def _frame(self, frame: int, with_bodies: bool) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
        width, height = self._size
        image = np.empty((height, width, 3), dtype=np.uint8)
        canvas = Canvas(image, np.zeros((height, width), dtype=np.uint8) if with_bodies else None)
        scene = _Scene(self, frame, canvas)
        scene.paint_room()
        scene.paint_standing()
        canvas.image = smear(canvas.image, scene.blur_of(np.array([0.0, 0.0, 0.0]), None))
        scene.paint_hands()
        picture = self._development.expose(self._development.bend(canvas.image), float(self.times[frame]))
        return picture, None if canvas.bodies is None else self._development.bend_bodies(canvas.bodies)


class _Scene:
    """One frame while it is painted."""

    def __init__(self, renderer: Renderer, frame: int, canvas: Canvas) -> None:
        self.r, self.frame, self.canvas = renderer, frame, canvas
        self.time = float(renderer.times[frame])
        self.camera = renderer.camera(frame)
        self.stage = renderer._stage
        self.light = renderer._look.light
        self._see()
        self._sort()

    def _see(self) -> None:
        r, frame = self.r, self.frame
        local = r._points
        squash = r._squash[frame]
        if squash.max(initial=0.0) > 0.01:
            local = local.copy()
            for thing in np.flatnonzero(squash > 0.01):
                part = local[r._starts[thing] : r._starts[thing + 1]]
                part *= (1.0 - 0.75 * squash[thing], 1.0 + 0.15 * squash[thing], 1.0 + 0.1 * squash[thing])
        self.world = np.einsum("nij,nj->ni", r._turn[frame][r._owner], local) + r._position[frame][r._owner]
        self.exact, self.depth = self.camera.project(self.world)
        self.xy = fixed(self.exact)
        self.strokes = rod_outlines(self.exact, self.depth, self.camera.focal, r._rods, r._radii)
        width, height = r._size
        low = np.minimum.reduceat(self.exact, r._starts[:-1])
        high = np.maximum.reduceat(self.exact, r._starts[:-1])
        self.shown = (high > (-8.0, -8.0)).all(1) & (low < (width + 8.0, height + 8.0)).all(1)
        normals = np.einsum("nij,nj->ni", r._turn[frame][r._normal_owner], r._normals)
        towards = self.camera.position - self.world[r._anchors]
        self.facing = np.einsum("ni,ni->n", normals, towards) > 0.0
        self.lit = normals @ self.light.towards

    def seen(self, index: int) -> Seen:
        """One body (by its place in the renderer's list) as it is seen now."""
        r = self.r
        points = slice(r._starts[index], r._starts[index + 1])
        normals = slice(r._normal_starts[index], r._normal_starts[index + 1])
        return Seen(
            r._bodies[index].number,
            self.exact[points],
            self.xy[points],
            self.depth[points],
            self.strokes[:, r._rod_starts[index] : r._rod_starts[index + 1]],
            self.facing[normals],
            self.lit[normals],
            self.light.ambient,
            self.light.diffuse,
        )

    def _sort(self) -> None:
        """Finds for every thing whether it is inside something, in a hand, in the air or stands."""
        stage, time = self.stage, self.time
        self.nested: dict[tuple[int, str], list[int]] = {}
        within: set[int] = set()
        for stay in stage.stays:
            if stay.start <= time <= stay.stop and self._is_low(stay.thing, stay.container, stay.fixture):
                self.nested.setdefault((stay.container, stay.fixture), []).append(stay.thing)
                within.add(stay.thing)
        self.held: dict[int, int] = {}
        for touch in stage.touches:
            if touch.start <= time < touch.stop and touch.entity < len(stage.things) and touch.entity not in within:
                if touch.entity not in self.held.values() and touch.hand not in self.held and not self._bears_more(touch.entity):
                    self.held[touch.hand] = touch.entity
        apart = within | set(self.held.values())
        self.free = [index for index in range(len(stage.things)) if index not in apart]

    def _bears_more(self, thing: int) -> bool:
        return (thing, "") in self.nested or thing in self.r._contents or self.stage.things[thing].flat and self._lies(thing)

    def _lies(self, thing: int) -> bool:
        return float(self.r._position[self.frame, thing, 2]) < 0.004 and self.stage.things[thing].grasp == "rim"

    def _is_low(self, thing: int, container: int, fixture: str) -> bool:
        what = self.stage.things[thing]
        points = self.world[self.r._starts[thing] : self.r._starts[thing + 1], 2]
        if fixture == "drawer":
            return bool(points.min() < 0.0)
        if fixture == "sink":
            return bool(points.min() < 0.0)
        if fixture == "bin":
            return True
        holder = self.stage.things[container]
        rim = float(self.r._position[self.frame, container, 2]) + holder.rim
        if what.noun == "lid":
            return bool(points.min() < rim + 0.004)
        return bool(points.min() < rim - 0.004)

    def paint_room(self) -> None:
        """Floor, what is under the counter, counter, wall, shadows, and what is let into the counter."""
        r, canvas, stage = self.r, self.canvas, self.stage
        r._room.paint_floor(canvas, self.camera)
        if "drawer" in stage.fixtures:
            self._paint_group(len(stage.things) + list(stage.fixtures).index("drawer"), self.nested.get((-1, "drawer"), []))
        r._room.paint_counter(canvas, self.camera)
        if r._sink is not None:
            self._paint(len(r._bodies) - 1)
        if "hob" in stage.fixtures:
            self._paint_base("hob")
            self._paint_heat()
        paint_shadows(canvas, self.camera, self.light, self._shadow_outlines())
        for thing in self.nested.get((-1, "sink"), []):
            self._paint(thing)
        for noun in ("cupboard", "fridge"):
            if noun in stage.fixtures:
                self._paint_base(noun)

    def _shadow_outlines(self) -> list[NDArray[np.float64]]:
        r = self.r
        chosen = [*self.free, *self.held.values()]
        outlines = [self.world[r._starts[index] : r._starts[index + 1] : 2] for index in chosen]
        if "bin" in self.stage.fixtures:
            outlines.append(self._base_points("bin"))
        for hand in HANDS:
            joints = r.joints[hand][self.frame]
            outlines.append(joints)
            outlines.append(np.stack([joints[0] + (0.02, 0, 0), joints[0] - (0.02, 0, 0), r._elbows[hand][self.frame] + (0.03, 0, 0), r._elbows[hand][self.frame] - (0.03, 0, 0)]))
        return outlines

    def _base_points(self, noun: str) -> Array:
        index = self._base_index(noun)
        return self.world[self.r._starts[index] : self.r._starts[index + 1]]

    def _base_index(self, noun: str) -> int:
        r = self.r
        return len(r._things) + len(r._parts) + list(r._bases).index(noun)

    def _part_index(self, noun: str) -> int:
        return len(self.r._things) + list(self.r._parts).index(noun)

    def _paint(self, index: int) -> None:
        if self.shown[index]:
            self.r._bodies[index].solid.paint(self.canvas, self.seen(index))

    def _paint_base(self, noun: str) -> None:
        self._paint(self._base_index(noun))

    def _paint_group(self, index: int, inside: list[int]) -> None:
        """A container, what is inside it, and its near wall again."""
        if not self.shown[index]:
            return
        body, seen = self.r._bodies[index], self.seen(index)
        body.solid.paint(self.canvas, seen)
        if index < len(self.stage.things):
            self._paint_contents(index, body.solid, seen)
            self._paint_cuts(index)
        for thing in sorted(inside, key=lambda one: -float(self.r._position[self.frame, one, 1])):
            self._paint_group(thing, self.nested.get((thing, ""), []))
        self._paint_streams(index)
        lid_only = inside and all(index < len(self.stage.things) and self.stage.things[one].noun == "lid" for one in inside)
        if (inside and not lid_only) or index in self.r._contents:
            body.solid.paint_front(self.canvas, seen)

    def _paint_contents(self, index: int, solid: Solid, seen: Seen) -> None:
        if index not in self.r._contents:
            return
        what, levels, swirl = self.r._contents[index]
        level = float(levels[self.frame])
        if level < 0.03:
            return
        for part in solid.parts:
            if isinstance(part, Turned) and part.hollow:
                outline = part.surface(seen, level)
                if outline is None:
                    return
                light = seen.shade(part.top)
                self.canvas.fill(outline, tone(what.colour, 0.92 * light), seen.body)
                if what.chunks:
                    self._paint_chunks(outline.reshape(-1, 2), what.colour, light, float(swirl[self.frame]), seen.body)

    def _paint_chunks(self, outline: NDArray[np.int32], colour: tuple[float, float, float], light: float, turn: float, body: int) -> None:
        centre = outline.mean(0)
        half = (outline.max(0) - outline.min(0)) / 2.0
        for chunk in range(7):
            angle = 2.0 * np.pi * (chunk * 0.381966 + turn * (1.0 - 0.06 * chunk))
            radius = 0.25 + 0.55 * ((chunk * 0.618) % 1.0)
            spot = centre + radius * half * (np.cos(angle), np.sin(angle))
            corners = spot + 0.17 * half * np.array([(1, 0), (0.2, 1), (-1, 0.3), (-0.4, -0.9)])
            shade = mix(colour, (255.0, 255.0, 235.0) if chunk % 2 else (60.0, 30.0, 15.0), 0.35)
            self.canvas.fill(np.rint(corners).astype(np.int32), tone(shade, light), body)

    def _paint_heat(self) -> None:
        ring, level = self.stage.ring, float(self.r._levels["hob"][self.frame])
        if ring is not None and level > 0.1:
            angle = np.arange(SIDES) * 2.0 * np.pi / SIDES
            hot = min(1.0, (level - 0.1) / 0.6)
            number = self.r._bodies[self._part_index("hob")].number
            for share, colour in ((0.95, (235.0, 80.0, 30.0)), (0.75, (255.0, 140.0, 60.0)), (0.5, (225.0, 60.0, 25.0))):
                circle = np.array(ring.centre) + share * ring.radius * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
                self.canvas.veil(fixed(self.camera.project(circle)[0]), colour, 0.75 * hot, number)
        self._paint(self._part_index("hob"))

    def paint_standing(self) -> None:
        """What stands on the counter and hangs on the wall, far things first."""
        stage, r = self.stage, self.r
        steps = []
        for thing in self.free:
            x, y, z = r._position[self.frame, thing]
            flat = stage.things[thing].flat and z < 0.01
            steps.append((y + (5.0 if flat else 0.0) - 0.3 * max(z, 0.0), 0, thing))
        for noun in stage.fixtures:
            if noun in ("cupboard", "fridge"):
                index = self._part_index(noun)
                steps.append((float(self.world[r._starts[index] : r._starts[index + 1], 1].mean()), 1, index))
        if "bin" in stage.fixtures:
            steps.append((stage.fixtures["bin"].mouth[1], 2, 0))
        if "tap" in stage.fixtures:
            steps.append((0.40, 3, 0))
        for _, kind, index in sorted(steps, key=lambda step: -step[0]):
            if kind == 0:
                self._paint_group(index, self.nested.get((index, ""), []))
            elif kind == 1:
                self._paint(index)
            elif kind == 2:
                self._paint_bin()
            else:
                self._paint_tap()

    def _paint_bin(self) -> None:
        lid, base = self._part_index("bin"), self._base_index("bin")
        is_open = self.r._levels["bin"][self.frame] > 0.45
        if is_open:
            self._paint(lid)
        self._paint_group(base, self.nested.get((-1, "bin"), []))
        if not is_open:
            self._paint(lid)

    def _paint_tap(self) -> None:
        self._paint_base("tap")
        self._paint(self._part_index("tap"))
        if not self._washed():
            self._paint_water(None)

    def _washed(self) -> int | None:
        for thing, start, stop in self.stage.washes:
            if start <= self.time <= stop:
                return thing
        return None

    def _paint_water(self, thing: int | None) -> None:
        """The tap's water, down to the sink's floor or to a thing that is held under it."""
        sink = self.stage.sink
        flow = float(np.clip((self.r._levels["tap"][self.frame] - 0.25) / 0.4, 0.0, 1.0))
        if sink is None or flow <= 0.02:
            return
        low = sink.floor
        if thing is not None:
            low = float(self.world[self.r._starts[thing] : self.r._starts[thing + 1], 2].mean())
        top = np.array(sink.spout)
        wobble = 0.003 * self.r._flicker[self.frame]
        line = np.stack([top + (wobble[k], 0.0, -(top[2] - low) * k / 4.0) for k in range(5)])
        xy, depth = self.camera.project(line)
        radius = np.maximum(0.0085 * flow * self.camera.focal / depth, 0.6)
        number = self.r.first_liquid + self.r.liquids.index("water")
        for a in range(4):
            outline = capsules(xy[None, a : a + 2], radius[None, a : a + 2])[0]
            self.canvas.veil(outline, (214.0, 228.0, 238.0), 0.6, number)
        for k in range(4):
            spot = xy[4] + (self.r._flicker[self.frame, k] * 0.03, self.r._flicker[self.frame, k + 4] * 0.016) * np.array(self.camera.focal / depth[4])
            drop = capsules(np.stack([spot, spot + 1.0])[None], np.full((1, 2), 1.0 + 0.004 * self.camera.focal / depth[4]))[0]
            self.canvas.veil(drop, (226.0, 236.0, 242.0), 0.7, number)

    def _paint_streams(self, container: int) -> None:
        for flow in self.stage.flows:
            if flow.container != container or not flow.start <= self.time <= flow.stop:
                continue
            r, vessel = self.r, self.stage.things[flow.thing]
            tip = np.array(vessel.tip)
            if vessel.noun == "box" and r._turn[self.frame, flow.thing, 2, 0] > 0.0:
                tip = tip * (-1.0, 1.0, 1.0)
            start = r._turn[self.frame, flow.thing] @ tip + r._position[self.frame, flow.thing]
            centre = r._position[self.frame, container]
            end = np.array([0.8 * start[0] + 0.2 * centre[0], 0.8 * start[1] + 0.2 * centre[1], centre[2] + self.stage.things[container].floor + 0.01])
            line = np.stack([start, 0.5 * (start + end) + (0.002 * r._flicker[self.frame, 0], 0.0, 0.01), end])
            xy, depth = self.camera.project(line)
            radius = np.maximum(np.array([0.008, 0.006, 0.007]) * self.camera.focal / depth, 0.7)
            number = r.first_liquid + r.liquids.index(flow.noun)
            for a in range(2):
                outline = capsules(xy[None, a : a + 2], radius[None, a : a + 2])[0]
                self.canvas.fill(outline, tone(LIQUID_COLOURS[flow.noun], self.light.ambient + 0.7 * self.light.diffuse), number)

    def _paint_drops(self, thing: int, since: float) -> None:
        """Drops that fall from a squeezed thing, four on their way at a time."""
        r, what = self.r, self.stage.things[thing]
        points = self.world[r._starts[thing] : r._starts[thing + 1]]
        under = np.array([*points.mean(0)[:2], points[:, 2].min()])
        share = (2.2 * since + np.array([0.0, 0.27, 0.52, 0.77])) % 1.0
        drops = under + np.stack([0.012 * np.sin(9.0 * share + thing), 0.008 * np.cos(7.0 * share), -0.02 - 0.16 * share**1.5], axis=1)
        xy, depth = self.camera.project(np.concatenate([drops, drops + (0.0, 0.0, 0.018)]))
        radius = np.maximum(0.0055 * self.camera.focal / depth, 0.8)
        ends = np.stack([xy[:4], xy[4:]], axis=1)
        colour = tone(what.juice, self.light.ambient + 0.7 * self.light.diffuse)
        for outline in capsules(ends, np.stack([radius[:4], 0.4 * radius[4:]], axis=1)):
            self.canvas.fill(outline, colour, r._bodies[thing].number)

    def _paint_cuts(self, thing: int) -> None:
        """Pale slices across food that was cut or peeled."""
        share = float(self.r._cuts[self.frame, thing])
        if share < 0.05:
            return
        what: Thing = self.stage.things[thing]
        top = 2.0 * what.grip[2]
        long = what.noun == "carrot"
        for slot in range(min(int(share * 5.0) + 1, 5)):
            place = (slot - 2.0) * (0.022 if long else 0.012)
            if long:
                arc = [(-0.7 * what.girth, place, 0.75 * top), (0.0, place, top), (0.7 * what.girth, place, 0.75 * top)]
            else:
                arc = [(place, -0.7 * what.girth, 0.72 * top), (place, 0.0, top * 0.97), (place, 0.7 * what.girth, 0.72 * top)]
            turn, position = self.r._turn[self.frame, thing], self.r._position[self.frame, thing]
            xy, _ = self.camera.project(np.array(arc) @ turn.T + position)
            self.canvas.line(fixed(xy), tone(what.peeled, self.light.ambient + 0.6 * self.light.diffuse), 1)

    def paint_hands(self) -> None:
        """The hands with what they hold, the far hand first."""
        r = self.r
        order = sorted(HANDS, key=lambda hand: -self._hand_depth(hand))
        for hand in order:
            motion = self.blur_of(r.joints[hand][self.frame, 9], hand)
            if smears(motion):
                self._paint_hand_blurred(hand, motion)
            else:
                self._paint_hand(self.canvas, hand)
        for drip in self.stage.drips:
            if drip.start <= self.time <= drip.stop:
                self._paint_drops(drip.thing, self.time - drip.start)
        washed = self._washed()
        if washed is not None and "tap" in self.stage.fixtures:
            self._paint_water(washed)

    def _hand_depth(self, hand: int) -> float:
        point = self.r.joints[hand][self.frame, 9]
        if hand in self.held:
            thing = self.held[hand]
            point = 0.5 * (point + self.world[self.r._starts[thing] : self.r._starts[thing + 1]].mean(0))
        return float((point - self.camera.position) @ self.camera.turn[2])

    def _paint_hand_blurred(self, hand: int, motion: Array) -> None:
        below, bodies = self.canvas.image, self.canvas.bodies
        painted = np.zeros(below.shape[:2], dtype=np.uint8)
        self.canvas.image, self.canvas.bodies = below.copy(), painted
        self._paint_hand(self.canvas, hand)
        smear_over(below, self.canvas.image, painted, motion, self._hand_box(hand))
        self.canvas.image, self.canvas.bodies = below, bodies
        if bodies is not None:
            np.copyto(bodies, painted, where=painted > 0)

    def _paint_hand(self, canvas: Canvas, hand: int) -> None:
        r, frame = self.r, self.frame
        turn = r.wrists[hand].turn[frame]
        seen = SeenHand(hand, 1 + hand, r.joints[hand][frame], r._elbows[hand][frame], turn[:, 2])
        thing = self.held.get(hand)
        painter = HandPainter(canvas, seen, self.camera, r._look.hands, self.light)
        if thing is None:
            painter.paint(None, None, False)
            return
        grip = r._turn[frame, thing] @ self._grip(thing, hand) + r._position[frame, thing]
        away = float((grip - self.camera.position) @ self.camera.turn[2])
        painter.paint(away, lambda: self._paint_group(thing, []), self.stage.things[thing].grasp == "rim")

    def _grip(self, thing: int, hand: int) -> Array:
        """Where a hand grips a thing, in the thing's axes, from where the fingers are."""
        what, r = self.stage.things[thing], self.r
        if what.grasp != "rim":
            return np.array(what.grip)
        fingers = r.joints[hand][self.frame, [4, 8, 12]].mean(0)
        local = r._turn[self.frame, thing].T @ (fingers - r._position[self.frame, thing])
        return np.array([local[0], local[1], what.grip[2]])

    def _hand_box(self, hand: int) -> tuple[int, int, int, int]:
        points = [self.r.joints[hand][self.frame], self.r._elbows[hand][self.frame][None]]
        if hand in self.held:
            thing = self.held[hand]
            points.append(self.world[self.r._starts[thing] : self.r._starts[thing + 1]])
        xy, depth = self.camera.project(np.concatenate(points))
        margin = 0.07 * self.camera.focal / float(depth.min())
        low, high = xy.min(0) - margin, xy.max(0) + margin
        width, height = self.r._size
        low, high = np.clip(low, 0, (width, height)), np.clip(high, 0, (width, height))
        return int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1

    def blur_of(self, point: Array, hand: int | None) -> Array:
        """How far, in pixels, a point of a hand (or of the room, straight ahead) moves while the shutter is open."""
        r, frame = self.r, self.frame
        before = max(frame - 1, 0)
        if hand is None:
            now = before_point = self.camera.position + 0.6 * self.camera.turn[2]
        else:
            now, before_point = point, r.joints[hand][before, 9]
        pixels = self.camera.project(now[None])[0] - r.camera(before).project(before_point[None])[0]
        motion: Array = pixels[0] * r._look.picture.shutter * r._fps / 16.0
        return motion


__all__ = ["FIRST_ENTITY", "Renderer", "View"]

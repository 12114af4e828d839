"""What a list of verb–noun pairs asks of the scene, so that they can happen soon."""

from dataclasses import dataclass

import numpy as np

from egograph.data.toy_kitchen.actions import CONTAINERS, VESSELS, Pair


@dataclass
class Wish:
    """What the goals ask of the scene.

    Attributes:
        nouns: things that must be there.
        held: things that one would rather have in hand at the start.
        inside: (thing, container) that start together; the container may be "board:chopping" or "drawer".
        filled: containers that start with something in them.
        fixtures: fixtures that must be there, with whether they start open or on (None: either).
    """

    nouns: list[str]
    held: list[str]
    inside: list[tuple[str, str]]
    filled: list[str]
    fixtures: dict[str, bool | None]


def wish_for(goals: list[Pair], rng: np.random.Generator) -> Wish:
    """What a list of verb–noun pairs needs to be possible soon."""
    wish = Wish([], [], [], [], {})
    for verb, noun in goals:
        _wish(wish, verb, noun, rng)
    return wish


def _wish(wish: Wish, verb: str, noun: str, rng: np.random.Generator) -> None:
    def need(*nouns: str) -> None:
        wish.nouns.extend(name for name in nouns if name not in wish.nouns)

    def prefer_held(name: str, share: float) -> None:
        need(name)
        taken = {thing for thing, _ in wish.inside}
        if len(wish.held) < 2 and name not in wish.held and name not in taken and rng.random() < share:
            wish.held.append(name)

    if verb in ("take", "move"):
        need(noun)
    elif verb in ("put", "shake", "squeeze"):
        prefer_held(noun, 0.85)
    elif verb in ("open", "close"):
        wish.fixtures[noun] = verb == "close"
    elif verb in ("turn-on", "turn-off"):
        wish.fixtures[noun] = verb == "turn-off"
    elif verb == "wash":
        prefer_held(noun, 0.85)
        wish.fixtures.setdefault("tap", bool(rng.random() < 0.7))
    elif verb == "throw":
        prefer_held(noun, 0.85)
        wish.fixtures.setdefault("bin", bool(rng.random() < 0.8))
    elif verb == "remove":
        need(noun)
        if noun not in wish.held:
            wish.inside.append((noun, _container_of(noun, wish, rng)))
    elif verb == "insert":
        prefer_held(noun, 0.85)
        container = _container_of(noun, wish, rng)
        if container == "drawer":
            wish.fixtures.setdefault("drawer", True)
        elif container != "sink":
            need(container)
        if noun == "cup":
            wish.fixtures.setdefault("tap", None)
    elif verb == "cut":
        prefer_held("knife", 0.85)
        need(noun, "board:chopping")
        if noun not in wish.held:
            wish.inside.append((noun, "board:chopping"))
    elif verb == "peel":
        prefer_held("knife", 0.9)
        prefer_held(noun, 0.9)
    elif verb == "pour":
        prefer_held(VESSELS[noun], 0.85)
        need(CONTAINERS[rng.integers(3)])
    elif verb == "mix":
        prefer_held("spoon", 0.85)
        need(noun)
        wish.filled.append(noun)


def _container_of(noun: str, wish: Wish, rng: np.random.Generator) -> str:
    if noun == "lid":
        return "pan"
    if noun == "cup":
        return "sink"
    if noun in ("spoon", "knife"):
        return ("cup", "drawer")[rng.integers(2)] if "drawer" in wish.fixtures else "cup"
    return ("bowl", "pan")[rng.integers(2)]

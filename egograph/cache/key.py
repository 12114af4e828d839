"""CacheKey: all that decides what nodes a video gives; a cache of another key is stale."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from egograph.checkpoint import fingerprint
from egograph.errors import EgographError
from egograph.model import EgoGraph

FORMAT_VERSION = 1
ANNOTATIONS = "annotations"  # the name of nodes that no extractor proposed


@dataclass(frozen=True)
class CacheKey:
    """What decides the content of a stream's cache, as plain JSON values.

    What follows the nodes (graph, message passing, head) is no part of it: it runs anew in every replay.

    Attributes:
        weights: the fingerprint of encoder and extractor.
        preprocess: how frames were prepared.
        sampling: the fixed clock: `fps`, and `frames` a clip; empty for a reader that takes any.
        nodes: the extractor and its settings.
        version: of the cache's layout.
    """

    weights: str
    preprocess: Mapping[str, Any]
    sampling: Mapping[str, Any]
    nodes: Mapping[str, Any]
    version: int = FORMAT_VERSION

    @classmethod
    def of(cls, model: EgoGraph, fps: float | None = None, frames: int | None = None) -> "CacheKey":
        """The key of what a model makes of video sampled at `fps` frames a second, `frames` a clip; None takes any."""
        sampling = {"fps": None if fps is None else float(fps), "frames": frames}
        return cls(
            weights=fingerprint(model),
            preprocess=_plain(model.encoder.preprocess.key()),
            sampling={name: value for name, value in sampling.items() if value is not None},
            nodes=_plain({"extractor": type(model.extractor).__name__, **asdict(model.config.nodes)}),
        )

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "CacheKey":
        """Take back what `to_json` gave.

        Raises:
            TypeError: the values are no key's.
        """
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """The key as plain JSON values."""
        return asdict(self)

    def differences(self, other: "CacheKey") -> list[str]:
        """In words, each part in which the wanted key `other` differs from this one, the cached; empty if none does.

        Where the cached nodes were annotated, they are no model's own, and are not compared.
        """
        if self.version != other.version:
            return [f"format version (cached {self.version}, wanted {other.version})"]
        found = []
        if self.weights != other.weights:
            found.append(f"weights (cached {self.weights[:12]}, the model has {other.weights[:12]})")
        annotated = self.nodes.get("extractor") == ANNOTATIONS
        for part in ("preprocess", "sampling") if annotated else ("preprocess", "sampling", "nodes"):
            old, new = getattr(self, part), getattr(other, part)
            given = set(new) if part == "sampling" else {*old, *new}
            names = sorted(name for name in given if old.get(name) != new.get(name))
            if len(names) == 1:
                found.append(f"{part}.{names[0]} (cached {old.get(names[0])}, wanted {new.get(names[0])})")
            elif names:
                found.append(f"{part} ({', '.join(names)})")
        return found

    def check(self, other: "CacheKey", what: str) -> None:
        """Refuse a key that differs from this one, the key of `what`.

        Raises:
            EgographError: says which parts differ.
        """
        if found := self.differences(other):
            raise EgographError(
                f"{what}: the cache is stale, it differs in {', '.join(found)}; "
                f"label the video again, or take the model and settings that filled the cache"
            )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they come back from JSON: lists for tuples."""
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain

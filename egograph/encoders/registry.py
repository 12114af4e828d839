"""Encoders by the name that the configuration gives them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from egograph.encoders.encoder import Encoder
from egograph.errors import UsageError


@dataclass(frozen=True)
class EncoderChoice:
    """Which encoder, and its settings.

    Attributes:
        name: a key of `ENCODERS`.
        settings: the fields of its config dataclass that differ from their defaults.
    """

    name: str = "tiny"
    settings: Mapping[str, Any] = field(default_factory=dict)


def _tiny(settings: Mapping[str, Any]) -> Encoder:
    from egograph.encoders.tiny import TinyEncoder, TinyEncoderConfig

    return TinyEncoder(TinyEncoderConfig(**_tuples(settings)))


def _dinov2(settings: Mapping[str, Any]) -> Encoder:
    from egograph.encoders.dinov2 import DinoV2Config, DinoV2Encoder

    return DinoV2Encoder(DinoV2Config(**_tuples(settings)))


ENCODERS: Mapping[str, Callable[[Mapping[str, Any]], Encoder]] = {"tiny": _tiny, "dinov2": _dinov2}


def build_encoder(choice: EncoderChoice) -> Encoder:
    """Build the chosen encoder.

    Raises:
        UsageError: there is no encoder of that name.
    """
    if choice.name not in ENCODERS:
        raise UsageError(f"encoder={choice.name}: no such encoder; choose one of {', '.join(ENCODERS)}")
    return ENCODERS[choice.name](choice.settings)


def _tuples(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}

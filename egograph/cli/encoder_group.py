"""The config group `encoder`: each encoder's own config, and its name."""

from dataclasses import dataclass, fields
from typing import Literal

from egograph.encoders.dinov2 import DinoV2Config
from egograph.encoders.registry import EncoderChoice
from egograph.encoders.tiny import TinyEncoderConfig


@dataclass(frozen=True)
class TinyKeys(TinyEncoderConfig):
    """The keys of `encoder=tiny`.

    Attributes:
        name: the encoder.
    """

    name: Literal["tiny"] = "tiny"


@dataclass(frozen=True)
class DinoV2Keys(DinoV2Config):
    """The keys of `encoder=dinov2`.

    Attributes:
        name: the encoder.
    """

    name: Literal["dinov2"] = "dinov2"


EncoderKeys = TinyKeys | DinoV2Keys


def encoder_choice(keys: EncoderKeys) -> EncoderChoice:
    """The choice that the keys make; its settings are those that differ from their defaults."""
    settings = {
        field.name: getattr(keys, field.name)
        for field in fields(keys)
        if field.name != "name" and getattr(keys, field.name) != field.default
    }
    return EncoderChoice(keys.name, settings)

"""Encoders by their config."""

from egograph.encoders.dinov2 import DinoV2Config, DinoV2Encoder
from egograph.encoders.encoder import Encoder
from egograph.encoders.tiny import TinyEncoder, TinyEncoderConfig

EncoderConfig = TinyEncoderConfig | DinoV2Config


def build_encoder(config: EncoderConfig) -> Encoder:
    """Build the encoder that a config describes.

    Raises:
        EgographError: its checkpoint cannot be loaded.
    """
    return TinyEncoder(config) if isinstance(config, TinyEncoderConfig) else DinoV2Encoder(config)

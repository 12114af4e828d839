"""Layers, the temporal head, the state of a stream."""

from egograph.nn.relational_attention_conv import RelationalAttentionConv
from egograph.nn.streaming_step import StreamingStep

__all__ = ["RelationalAttentionConv", "StreamingStep"]

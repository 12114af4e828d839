"""Attention of nodes over their incoming edges, aware of relation and confidence."""

from egograph.kernels.relational_attention.attend import relational_attention, relational_attention_into

__all__ = ["relational_attention", "relational_attention_into"]

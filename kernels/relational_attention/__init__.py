"""Attention of nodes over their incoming edges, aware of relation and confidence."""

from egograph.kernels.relational_attention.attend import relational_attention

__all__ = ["relational_attention"]

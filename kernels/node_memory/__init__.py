"""What a stream remembers of its nodes: a bounded window on the device."""

from egograph.kernels.node_memory.memory import NodeMemory
from egograph.kernels.node_memory.rows import NodeRows

__all__ = ["NodeMemory", "NodeRows"]

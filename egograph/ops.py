"""The graph ops, as `torchvision.ops`: plain functions on tensors, on the CPU and on CUDA."""

from egograph.kernels.edge_layout import EdgeLayout
from egograph.kernels.infer_edges import RELATIONS, EdgeRules, infer_edges
from egograph.kernels.node_memory import NodeMemory, NodeRows
from egograph.kernels.pool_regions import pool_regions
from egograph.kernels.relational_attention import relational_attention

__all__ = [
    "RELATIONS",
    "EdgeLayout",
    "EdgeRules",
    "NodeMemory",
    "NodeRows",
    "infer_edges",
    "pool_regions",
    "relational_attention",
]

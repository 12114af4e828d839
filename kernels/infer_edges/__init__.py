"""The dynamic graph: which nodes are related, how, and how surely."""

from egograph.kernels.infer_edges.op import infer_edges
from egograph.kernels.infer_edges.relations import RELATIONS, NodeKind, Relation
from egograph.kernels.infer_edges.rules import EdgeRules

__all__ = ["RELATIONS", "EdgeRules", "NodeKind", "Relation", "infer_edges"]

"""The layers that can pass messages: our own, PyG's in the same place, and none, to tell what edges are worth."""

from typing import Any, Literal

import torch.nn.functional as F
from torch import Tensor, nn

from egograph.graph.scene_graph import INFERRED, SceneGraph
from egograph.nn.relational_attention_conv import RelationalAttentionConv
from egograph.ops import EdgeLayout

LayerName = Literal["RelationalAttentionConv", "TransformerConv", "GATv2Conv", "HGTConv", "none"]


def message_layer(name: LayerName, dim: int, heads: int) -> nn.Module:
    """A layer from node states `[N, dim]` to what they are told; called with `message_inputs` beside the states.

    Args:
        name: `RelationalAttentionConv`; PyG's `TransformerConv` (Shi et al., IJCAI 2021), `GATv2Conv` (Brody et al.,
            ICLR 2022) or `HGTConv` (Hu et al., WWW 2020); or `none`: no node hears of another.
        dim: channels.
        heads: attention heads.

    Raises:
        ValueError: the heads don't divide the channels.
    """
    if dim % heads:
        raise ValueError(f"heads={heads}: has to divide the {dim} channels")
    if name == "RelationalAttentionConv":
        return RelationalAttentionConv(dim, dim, heads, num_relations=len(INFERRED))
    if name == "none":
        return _Alone(dim)
    import torch_geometric.nn as pyg  # here, as it takes seconds, and the model that comes with the package needs none

    if name == "TransformerConv":
        return pyg.TransformerConv(dim, dim // heads, heads, edge_dim=len(INFERRED))
    if name == "GATv2Conv":
        return pyg.GATv2Conv(dim, dim // heads, heads, edge_dim=len(INFERRED), add_self_loops=False)
    kinds = [("node", relation, "node") for relation in INFERRED]
    return _OneKind(pyg.HGTConv(dim, dim, (["node"], kinds), heads), kinds)


def message_inputs(name: LayerName, graph: SceneGraph) -> dict[str, Any]:
    """What the layer is told of the graph, made once for all layers.

    PyG's attention layers get each edge's relation, one-hot, times its confidence; HGT's relations choose weights, and
    confidence is unknown to it.
    """
    if name == "none":
        return {}
    if name == "HGTConv":
        return {"edge_index": graph.edge_index, "relation": graph.relation}
    if name == "RelationalAttentionConv":
        ptr = graph.nodes.ptr
        layout = EdgeLayout.from_edge_index(graph.edge_index, len(graph.nodes), relation=graph.relation, ptr=ptr)
        return {"edge_index": layout, "edge_weight": graph.confidence}
    kind = F.one_hot(graph.relation, len(INFERRED)).to(graph.confidence.dtype)
    return {"edge_index": graph.edge_index, "edge_attr": kind * graph.confidence[:, None]}


class _OneKind(nn.Module):
    """`HGTConv` on one kind of node and every relation: what kind a node is, its state says."""

    def __init__(self, conv: nn.Module, kinds: list[tuple[str, str, str]]) -> None:
        super().__init__()
        self.conv, self.kinds = conv, kinds

    def forward(self, x: Tensor, edge_index: Tensor, relation: Tensor) -> Tensor:
        edges = {kind: edge_index[:, relation == number] for number, kind in enumerate(self.kinds)}
        told: Tensor = self.conv({"node": x}, edges)["node"]
        return told


class _Alone(nn.Sequential):
    """A perceptron of each node by itself, with as many weights and products a node as `RelationalAttentionConv`."""

    def __init__(self, dim: int) -> None:
        super().__init__(nn.Linear(dim, 5 * dim // 2), nn.GELU(), nn.Linear(5 * dim // 2, dim))

"""To and from `torch_geometric`, without loss."""

import torch
from torch_geometric.data import Data, HeteroData

from egograph.graph.scene_graph import RELATIONS, SceneGraph
from egograph.nodes.nodes import COLUMNS, KINDS, Nodes

_NODE_NAMES = {"feature": "x"}


def to_data(graph: SceneGraph) -> Data:
    """Give the graph as one `Data`. A batch of them is taken apart with `to_data_list` before `from_data`.

    `x` is the node feature, `edge_type` the relation, `edge_weight` the confidence, `graph_ptr` the bounds of the
    single graphs (PyG's batches have a `ptr` of their own).
    """
    columns = {_NODE_NAMES.get(name, name): getattr(graph.nodes, name) for name in COLUMNS}
    return Data(
        **columns,
        graph_ptr=graph.nodes.ptr,
        edge_index=graph.edge_index,
        edge_type=graph.relation,
        edge_weight=graph.confidence,
        num_nodes=len(graph.nodes),
    )


def from_data(data: Data) -> SceneGraph:
    """Take back what `to_data` gave."""
    columns = {name: data[_NODE_NAMES.get(name, name)] for name in COLUMNS}
    return SceneGraph(Nodes(**columns, ptr=data["graph_ptr"]), data.edge_index, data.edge_type, data.edge_weight)


def to_hetero(graph: SceneGraph) -> HeteroData:
    """Give the graph as `HeteroData`: a node type for each kind, an edge type for each sender, relation and receiver.

    `position` on nodes and on edges says which row of the graph each came from.
    """
    data = HeteroData()
    nodes = graph.nodes
    data["graph_ptr"] = nodes.ptr
    local = torch.empty_like(nodes.kind)
    for kind, name in enumerate(KINDS):
        rows = (nodes.kind == kind).nonzero().flatten()
        local[rows] = torch.arange(len(rows), device=rows.device)
        for column in COLUMNS:
            data[name][_NODE_NAMES.get(column, column)] = getattr(nodes, column)[rows]
        data[name].position = rows
        data[name].num_nodes = len(rows)
    sender, receiver = graph.edge_index
    for triple in torch.stack([nodes.kind[sender], graph.relation, nodes.kind[receiver]]).unique(dim=1).T.tolist():
        source, relation, target = triple
        edges = (nodes.kind[sender] == source) & (graph.relation == relation) & (nodes.kind[receiver] == target)
        store = data[KINDS[source], RELATIONS[relation], KINDS[target]]
        store.edge_index = torch.stack([local[sender[edges]], local[receiver[edges]]])
        store.edge_weight = graph.confidence[edges]
        store.position = edges.nonzero().flatten()
    return data


def from_hetero(data: HeteroData) -> SceneGraph:
    """Take back what `to_hetero` gave, rows and edges in their first order."""
    back = torch.cat([data[name].position for name in KINDS]).argsort()
    columns = {
        column: torch.cat([data[name][_NODE_NAMES.get(column, column)] for name in KINDS])[back] for column in COLUMNS
    }
    nodes = Nodes(**columns, ptr=data["graph_ptr"])
    edges, relations, weights, positions = [], [], [], []
    for source, relation, target in data.edge_types:
        store = data[source, relation, target]
        local = store.edge_index
        edges.append(torch.stack([data[source].position[local[0]], data[target].position[local[1]]]))
        relations.append(torch.full_like(store.position, RELATIONS.index(relation)))
        weights.append(store.edge_weight)
        positions.append(store.position)
    if not edges:
        none = nodes.kind.new_zeros(0)
        return SceneGraph(nodes, none.expand(2, 0), none, nodes.score.new_zeros(0))
    order = torch.cat(positions).argsort()
    return SceneGraph(nodes, torch.cat(edges, 1)[:, order], torch.cat(relations)[order], torch.cat(weights)[order])

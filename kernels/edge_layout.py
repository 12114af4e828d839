"""The edges of a batch of graphs, laid out once and used by every layer; and the rule that chooses the form."""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn.functional import pad

from egograph.kernels.csr_edges import CsrEdges
from egograph.kernels.infer_edges import RELATIONS, EdgeRules, infer_edges
from egograph.kernels.infer_edges.rules import DEFAULT_RULES
from egograph.kernels.inferred_edges import InferredEdges
from egograph.kernels.ptr import check_facts, check_ptr, check_ptr_shape, ptr_facts
from egograph.kernels.tile_edges import MAX_NODES, MAX_RELATIONS, TileEdges

PAIRS_AN_EDGE = 32  # where tiles would hold more pairs for each edge, CSR is faster
CPU_PAIRS_AN_EDGE = 4  # the same on the CPU, of which every pair takes time,
CPU_PAIRS = 65_536  # from this many pairs on; with fewer, a call's fixed cost is all, and that of tiles is less

Form = Literal["tile", "csr"]
_MOST = 2**31 - 1  # places are int32


@dataclass(frozen=True)
class EdgeLayout:
    """Edges in the form that attends over them fastest: dense tiles of small graphs, or CSR; or inferred there.

    Attributes:
        num_nodes: N.
        num_edges: E; None where edges are inferred.
        num_relations: one more than the highest relation; 0 without relations, None where the data were not looked at.
        edges: the edges, in the form that was chosen.
    """

    num_nodes: int
    num_edges: int | None
    num_relations: int | None
    edges: TileEdges | CsrEdges | InferredEdges

    @property
    def device(self) -> torch.device:
        """Where the edges are."""
        return self.edges.device

    @classmethod
    def from_edge_index(
        cls,
        edge_index: Tensor,
        num_nodes: int,
        relation: Tensor | None = None,
        ptr: Tensor | None = None,
        form: Form | None = None,
    ) -> "EdgeLayout":
        """Lays out `edge_index` `[2, E]` (row 0 sends, row 1 receives).

        Tiles are taken where every graph has at most 128 nodes, no ordered pair of nodes has two edges, there are at
        most 126 relations, and at most 32 pairs of slots for each edge (on the CPU 4, if there are more than 65,536
        pairs); else CSR. The rule looks at the data, which on CUDA waits for the device. While torch.compile traces
        or a CUDA graph is recorded they can't be looked at, and CSR is taken.

        Args:
            edge_index: int `[2, E]`, as in PyG.
            num_nodes: N.
            relation: int `[E]`, the relation of each edge.
            ptr: int `[G + 1]`, the node offsets of a batch of graphs; one graph unless given.
            form: `tile` or `csr`, to overrule the rule; `csr` on CUDA does not wait for the device.

        Raises:
            ValueError: a shape or type is wrong; the data were looked at and an edge names a node outside `0 … N - 1`
                or joins two graphs, a relation is negative, or `ptr` does not rise from 0 to N; `form` is `tile` and
                tiles can't be.
        """
        _check(edge_index, num_nodes, relation, ptr, form)
        edges = edge_index.shape[1]
        seen = None if form == "csr" and edge_index.is_cuda else _look(edge_index, num_nodes, relation, ptr)
        relations = 0 if relation is None else None if seen is None or edges == 0 else seen.relations
        obstacle = _obstacle(seen, edges, None if form == "tile" else edge_index.device.type)
        if form == "tile" and obstacle:
            raise ValueError(f"form: no tiles, {obstacle}; take csr")
        if form != "csr" and seen is not None and not obstacle:
            tiles = TileEdges.of(edge_index, num_nodes, relation, ptr, _slots(seen, edge_index.device.type))
            if int(tiles.code.count_nonzero()) == edges:
                return cls(num_nodes, edges, relations, tiles)
            if form == "tile":
                raise ValueError("form: no tiles, two edges join the same pair of nodes; take csr")
        return cls(num_nodes, edges, relations, CsrEdges.of(edge_index, num_nodes, relation))

    @classmethod
    def from_nodes(
        cls,
        box: Tensor,
        kind: Tensor,
        track: Tensor,
        feature: Tensor,
        frame: Tensor,
        contact: Tensor,
        score: Tensor,
        graphs: int = 1,
        rules: EdgeRules = DEFAULT_RULES,
    ) -> "EdgeLayout":
        """Edges that `egograph.ops.infer_edges` would infer, with their relations and how sure they are.

        On CUDA, where no gradient is wanted and a graph has at most 128 rows, the attention infers them on chip at
        every call: no edge reaches the device's memory, nothing waits for the device, and a CUDA graph can record it.
        Elsewhere every call lists them anew; for several layers, list them once with `inferred`.

        Args:
            box: `[N, 4]`, as `infer_edges` takes it, and so are the others.
            kind: int64 `[N]`.
            track: int64 `[N]`.
            feature: `[N, D]`.
            frame: int64 `[N]`.
            contact: `[N, 2]`.
            score: `[N]`; a row of score 0 holds no node.
            graphs: G; each has N / G rows.
            rules: the thresholds.

        Raises:
            ValueError: a column does not fit the others, or the rows can't be divided among the graphs.
        """
        edges = InferredEdges(box, kind, track, feature, frame, contact, score, graphs, rules)
        return cls(kind.shape[0], None, len(RELATIONS), edges)

    def inferred(self) -> "tuple[EdgeLayout, Tensor]":
        """The edges of `from_nodes` as the table is now, in tiles or CSR, and their confidence `[E]`, differentiable.

        Raises:
            TypeError: the layout was made from edges.
        """
        edges = self.edges
        if not isinstance(edges, InferredEdges):
            raise TypeError("inferred: this layout was made from edges; it has them already")
        box, kind, track, feature, frame, contact, score = edges.tensors()
        ptr = edges.ptr()
        edge_index, relation, confidence = infer_edges(
            box, kind, track, feature, frame, ptr, contact, score, edges.rules
        )
        return EdgeLayout.from_edge_index(edge_index, self.num_nodes, relation, ptr), confidence


@dataclass(frozen=True)
class _Seen:
    """What the rule needs to know of the data: the number of graphs, the nodes of the largest, the relations."""

    graphs: int
    largest: int
    relations: int


def _obstacle(seen: _Seen | None, edges: int, device: str | None) -> str:
    """Why there are no tiles, empty if there may be; edges may be few where `device` is None."""
    if seen is None:
        return "the data can't be looked at while torch.compile traces or a CUDA graph is recorded"
    if edges == 0:
        return "there are no edges"
    if seen.largest > MAX_NODES:
        return f"a graph has {seen.largest} nodes, a tile takes {MAX_NODES}"
    if seen.relations > MAX_RELATIONS:
        return f"there are {seen.relations} relations, a tile takes {MAX_RELATIONS}"
    if device is None:
        return ""
    pairs = seen.graphs * _slots(seen, device) ** 2
    most = CPU_PAIRS_AN_EDGE if device == "cpu" and pairs > CPU_PAIRS else PAIRS_AN_EDGE
    return "there are too few edges" if pairs > most * edges else ""


def _slots(seen: _Seen, device: str) -> int:
    """P: on CUDA tiles are of 16 by 16."""
    return -(-seen.largest // 16) * 16 if device == "cuda" else seen.largest


def _look(edge_index: Tensor, num_nodes: int, relation: Tensor | None, ptr: Tensor | None) -> _Seen | None:
    """One wait for the device."""
    if torch.compiler.is_compiling() or (edge_index.is_cuda and torch.cuda.is_current_stream_capturing()):
        return None
    if edge_index.numel() == 0:
        if ptr is not None:
            check_ptr(ptr, num_nodes)
        return _Seen(0, 0, 0)
    zero = edge_index.new_zeros((), dtype=torch.int64)
    least, most = edge_index.aminmax()
    kinds = (zero, zero - 1) if relation is None else relation.aminmax()
    if ptr is None:
        ptr = torch.stack([zero, zero + num_nodes])
    largest = pad(ptr.diff(), (0, 1)).max()
    facts = torch.stack([x.long() for x in (least, most, *kinds, largest, _crossing(edge_index, ptr))])
    first, last, lowest, highest, size, crossing, *offsets = torch.cat([facts, ptr_facts(ptr)]).tolist()
    check_facts(offsets, num_nodes)
    if first < 0 or last >= num_nodes:
        node = first if first < 0 else last
        raise ValueError(f"edge_index: names node {node} of {num_nodes}; nodes count from 0")
    if lowest < 0:
        raise ValueError(f"relation: {lowest}; relations count from 0")
    if crossing:
        raise ValueError(f"edge_index: {crossing} edges run from one graph of ptr to another; give edges within graphs")
    return _Seen(ptr.shape[0] - 1, size, highest + 1)


def _crossing(edge_index: Tensor, ptr: Tensor) -> Tensor:
    """How many edges run from one graph to another."""
    if ptr.shape[0] <= 2:
        return edge_index.new_zeros(())
    graph = torch.searchsorted(ptr, edge_index.contiguous(), right=True)
    return (graph[0] != graph[1]).sum()


def _check(edge_index: Tensor, num_nodes: int, relation: Tensor | None, ptr: Tensor | None, form: str | None) -> None:
    if form not in (None, *get_args(Form)):
        raise ValueError(f"form: {form!r}; give {' or '.join(get_args(Form))}, or leave it out")
    if max(num_nodes, edge_index.shape[-1]) > _MOST:
        raise ValueError(f"edge_index: {num_nodes} nodes, {edge_index.shape[-1]} edges; at most {_MOST} of each")
    if edge_index.ndim != 2 or edge_index.shape[0] != 2 or edge_index.is_floating_point():
        raise ValueError(f"edge_index: {edge_index.dtype} {list(edge_index.shape)}; give integers of shape [2, E]")
    if relation is not None and (relation.shape != edge_index.shape[1:] or relation.is_floating_point()):
        shape = f"{relation.dtype} {list(relation.shape)}"
        raise ValueError(f"relation: {shape}; give one integer per edge, [{edge_index.shape[1]}]")
    if ptr is not None:
        check_ptr_shape(ptr)

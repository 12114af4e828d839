"""Message passing over the last nodes of a stream, step by step, in fixed memory."""

from collections.abc import Sequence

import torch
from torch import Tensor

from egograph.kernels.infer_edges.rules import DEFAULT_RULES
from egograph.kernels.inferred_edges import InferredEdges
from egograph.kernels.relational_attention import inferred_op, relational_attention_into
from egograph.kernels.tile_edges import MAX_NODES
from egograph.nn.relational_attention_conv import RelationalAttentionConv
from egograph.ops import RELATIONS, EdgeLayout, EdgeRules, NodeMemory, NodeRows


class StreamingStep:
    """New nodes go into the memory, the oldest out; then layers pass messages over edges inferred among all of them.

    A step gives what the layers give for a table of the same nodes. Its inputs and its output keep their place. On CUDA
    it waits for nothing, allocates nothing, launches one kernel to insert and three a layer (projections, attention,
    output), and a CUDA graph can record it::

        memory = NodeMemory.empty(1, 64, channels=128, feature_channels=32, device="cuda")
        step = StreamingStep(layers, memory, incoming=16)
        step()  # compiles the kernels
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        step.incoming.state.copy_(...)  # and the other columns, and step.count
        graph.replay()  # step.out is written

    Without gradients: the layers' weights are copied, so make a new step when they have changed.

    Args:
        layers: what is applied, one after another; each with the relations of `infer_edges`, or with none.
        memory: what is remembered; a step changes it.
        incoming: the most nodes M that a stream gets in a step.
        rules: the thresholds of the edges.

    Attributes:
        incoming: `NodeRows` `[G · M]`, to be filled before a step.
        count: int64 `[G]`, how many of them each stream gets, from the first; to be filled before a step.
        out: `[G · P, C]`, the last layer's output for the rows of the memory; of use where their score is not 0.

    Raises:
        ValueError: the layers don't fit each other or the memory; on CUDA, it has more than 128 nodes a stream.
    """

    def __init__(
        self,
        layers: Sequence[RelationalAttentionConv],
        memory: NodeMemory,
        incoming: int,
        rules: EdgeRules = DEFAULT_RULES,
    ) -> None:
        self.memory, self.rules = memory, rules
        if not layers:
            raise ValueError("layers: none; give at least one")
        if not 1 <= incoming <= memory.capacity:
            raise ValueError(f"incoming: {incoming} nodes; give 1 to {memory.capacity}, the memory's capacity")
        if memory.head.is_cuda and memory.capacity > MAX_NODES:
            raise ValueError(f"memory: {memory.capacity} nodes a stream; on CUDA a step takes at most {MAX_NODES}")
        state, feature = memory.rows.state, memory.rows.feature
        streams, device = memory.streams, state.device
        self.incoming = NodeRows.empty(streams * incoming, state.shape[1], feature.shape[1], device, state.dtype)
        self.count = torch.zeros(streams, dtype=torch.int64, device=device)
        self._layers: list[_PackedConv] = []
        for layer in layers:
            _check(layer, state, place=len(self._layers))
            self._layers.append(_PackedConv(layer, len(state)))
            state = self._layers[-1].out
        self.out = state

    @torch.no_grad()
    def __call__(self) -> Tensor:
        """Takes `incoming` into the memory and writes `out`, which it gives."""
        self.memory.insert(self.incoming, self.count)
        layout, confidence = self.memory.layout(self.rules), None
        if not self._layers[0].infers_on_chip(layout):
            layout, confidence = layout.inferred()  # once for all layers
        state = self.memory.rows.state
        for layer in self._layers:
            state = layer(state, layout, confidence)
        return state


class _PackedConv:
    """A layer's weights, so packed that it takes two matrix products, and the memory that it writes.

    The first product gives query, key, value and root; the second adds the output to the root in place.
    """

    def __init__(self, layer: RelationalAttentionConv, rows: int) -> None:
        width = layer.out_channels
        by_head = (rows, layer.heads, width // layer.heads)
        self._weight = torch.cat([layer.project.weight, layer.root.weight]).detach().mT
        self._bias = torch.cat([layer.project.bias, layer.root.bias + layer.output.bias]).detach()
        self._output = layer.output.weight.detach().mT.clone()
        self._relation_bias = None if layer.relation_bias is None else layer.relation_bias.detach().clone()
        self._projected = self._bias.new_empty((rows, 4 * width))
        self._message = self._bias.new_empty((rows, width))
        query, key, value, self.out = self._projected.split(width, dim=1)
        self._query, self._key, self._value = query.view(by_head), key.view(by_head), value.view(by_head)
        self._message_by_head = self._message.view(by_head)

    def infers_on_chip(self, layout: EdgeLayout) -> bool:
        assert isinstance(layout.edges, InferredEdges)  # a memory's layout is
        return inferred_op.takes(self._query, self._key, self._value, layout.edges, self._relation_bias)

    def __call__(self, state: Tensor, layout: EdgeLayout, confidence: Tensor | None) -> Tensor:
        torch.addmm(self._bias, state, self._weight, out=self._projected)
        rows = (self._query, self._key, self._value)
        relational_attention_into(self._message_by_head, *rows, layout, self._relation_bias, confidence)
        return self.out.addmm_(self._message, self._output)


def _check(layer: RelationalAttentionConv, state: Tensor, place: int) -> None:
    weight = layer.project.weight
    if layer.in_channels != state.shape[1]:
        raise ValueError(f"layers: layer {place} takes {layer.in_channels} channels and gets {state.shape[1]}")
    if weight.dtype != state.dtype or weight.device != state.device:
        have, need = f"{weight.dtype} on {weight.device}", f"{state.dtype} on {state.device}"
        raise ValueError(f"layers: layer {place} is {have}, the memory {need}; make them alike")
    if layer.relation_bias is not None and len(layer.relation_bias) != len(RELATIONS):
        raise ValueError(f"layers: layer {place} has {len(layer.relation_bias)} relations; give {len(RELATIONS)}, or 0")

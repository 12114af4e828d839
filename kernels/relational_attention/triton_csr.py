"""Relational attention over CSR edges on the GPU: how the kernels are launched."""

from typing import Any

import triton
from torch import Tensor

from egograph.kernels.csr_edges import PART, CsrEdges
from egograph.kernels.relational_attention.rows import alike
from egograph.kernels.relational_attention.triton_csr_forward import forward_kernel, merge_kernel
from egograph.kernels.relational_attention.triton_csr_receiver import receiver_kernel, receiver_merge_kernel
from egograph.kernels.relational_attention.triton_csr_sender import sender_kernel, sender_merge_kernel
from egograph.kernels.triton_types import tl_type
from egograph.kernels.working_type import working_type

ELEMENTS = 4096  # of one [edges, heads, dims] tile: 32 registers a thread and tensor at 4 warps


def attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edges: CsrEdges,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor]:
    """The output `[N, H, D]` in the type of query, and the log-sum-exp `[N, H]` that the backward needs."""
    nodes, heads, dim = query.shape
    query, key, value = alike(query, key, value)
    out = query.new_empty((nodes, heads, dim))
    log_sum = query.new_empty((nodes, heads), dtype=working_type(query))
    if nodes == 0:
        return out, log_sum
    num_parts = edges.parts.shape[1]
    part_out, part_log = log_sum.new_empty((num_parts, heads, dim)), log_sum.new_empty((num_parts, heads))
    constants = sizes(query, relation_bias, edge_confidence)
    forward_kernel[(nodes + num_parts,)](
        query,
        key,
        value,
        edges.rowptr,
        edges.col,
        edges.permutation,
        edges.parts,
        *_edge_inputs(edges.relation, relation_bias, edge_confidence, query),
        out,
        log_sum,
        part_out,
        part_log,
        nodes,
        num_parts,
        query.stride(0),
        scale,
        **constants,
    )
    if num_parts > 0:
        merge_kernel[(num_parts,)](
            part_out,
            part_log,
            edges.rowptr,
            edges.parts,
            out,
            log_sum,
            num_parts,
            **of_merge(constants),
        )
    return out, log_sum


def attention_backward(
    grad: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    log_sum: Tensor,
    edges: CsrEdges,
    relation_bias: Tensor | None,
    edge_confidence: Tensor | None,
    scale: float,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """The gradients of query, key, value, relation_bias, edge_confidence (empty where the input is None).

    Each output has one writer and each sum one order, so results are the same bits every time.
    """
    nodes, heads, dim = query.shape
    query, key, value = alike(query, key, value)
    grad = grad.contiguous()
    of_query, of_key, of_value = (query.new_empty((nodes, heads, dim)) for _ in range(3))
    of_confidence = query.new_empty(0) if edge_confidence is None else edge_confidence.new_empty(edges.col.shape)
    relations = 0 if relation_bias is None else relation_bias.shape[0]
    by_sender, num_parts = edges.by_sender, edges.parts.shape[1]
    expected, part_expected = log_sum.new_empty(log_sum.shape), log_sum.new_empty((num_parts, heads))
    part_reward, part_mean, part_key, part_value = (log_sum.new_empty((num_parts, heads, dim)) for _ in range(4))
    shares = log_sum.new_empty((nodes + num_parts, relations, heads))
    edge_inputs = _edge_inputs(edges.relation, relation_bias, edge_confidence, query)
    constants = sizes(query, relation_bias, edge_confidence)
    graph_sizes = (nodes, num_parts, query.stride(0), scale)
    if nodes > 0:
        receiver_kernel[(nodes + num_parts,)](
            query,
            key,
            value,
            grad,
            log_sum,
            edges.rowptr,
            edges.col,
            edges.permutation,
            edges.parts,
            *edge_inputs,
            of_query,
            expected,
            part_reward,
            part_mean,
            part_expected,
            *graph_sizes,
            **constants,
        )
        if num_parts > 0:
            receiver_merge_kernel[(num_parts,)](
                part_reward,
                part_mean,
                part_expected,
                edges.rowptr,
                edges.parts,
                of_query,
                expected,
                num_parts,
                scale,
                **of_merge(constants),
            )
        sender_kernel[(nodes + num_parts,)](
            query,
            key,
            value,
            grad,
            log_sum,
            expected,
            by_sender.colptr,
            by_sender.row,
            by_sender.edge,
            edges.permutation,
            by_sender.parts,
            *edge_inputs,
            of_key,
            of_value,
            part_key,
            part_value,
            shares,
            of_confidence,
            *graph_sizes,
            **constants,
            relations=relations,
            relations_padded=triton.next_power_of_2(max(relations, 1)),
        )
        for rows, of_part in ((of_key, part_key), (of_value, part_value)) if num_parts > 0 else ():
            sender_merge_kernel[(num_parts, triton.cdiv(heads * dim, 128))](
                of_part, by_sender.colptr, by_sender.parts, rows, num_parts, dim=heads * dim, block=128, part=PART
            )
    of_bias = query.new_empty(0) if relation_bias is None else shares.sum(0).to(relation_bias.dtype)
    return of_query, of_key, of_value, of_bias, of_confidence


def sizes(query: Tensor, relation_bias: Tensor | None, edge_confidence: Tensor | None) -> dict[str, Any]:
    """What the kernels are compiled for; never the number of nodes or edges."""
    heads, dim = query.shape[1:]
    heads_padded, dim_padded = triton.next_power_of_2(heads), triton.next_power_of_2(dim)
    return {
        "heads": heads,
        "dim": dim,
        "related": relation_bias is not None,
        "weighted": edge_confidence is not None,
        "dtype": tl_type(working_type(query)),
        "block": max(1, min(32, ELEMENTS // (heads_padded * dim_padded))),
        "heads_padded": heads_padded,
        "dim_padded": dim_padded,
        "part": PART,
    }


def of_merge(constants: dict[str, Any]) -> dict[str, Any]:
    """Those constants that the kernels that merge the parts of hubs take."""
    return {name: constants[name] for name in ("heads", "dim", "dtype", "heads_padded", "dim_padded", "part")}


def _edge_inputs(
    relation: Tensor | None, relation_bias: Tensor | None, edge_confidence: Tensor | None, like: Tensor
) -> tuple[Tensor, ...]:
    """What the kernels read of an edge; a pointer that is never read where the input is None."""
    return tuple(like if x is None else x.contiguous() for x in (relation, relation_bias, edge_confidence))

"""The attention kernels compile for sm_80 and sm_90 within the registers kept in budget.json."""

import os

import pytest
import torch

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("this process interprets triton; run these tests in their own process", allow_module_level=True)

import triton

from egograph.kernels.relational_attention import triton_csr, triton_inferred, triton_tile
from egograph.kernels.relational_attention.triton_csr_forward import forward_kernel as csr_forward
from egograph.kernels.relational_attention.triton_csr_forward import merge_kernel
from egograph.kernels.relational_attention.triton_csr_receiver import receiver_kernel, receiver_merge_kernel
from egograph.kernels.relational_attention.triton_csr_sender import sender_kernel, sender_merge_kernel
from egograph.kernels.relational_attention.triton_tile_backward import backward_kernel
from egograph.kernels.relational_attention.triton_tile_forward import forward_kernel
from tests.kernels.compile.ahead_of_time import assert_within, compile_kernel, resources

RELATIONS = 7
TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32, "fp64": torch.float64}
# x: the type of query, s: of sums, d: an integer that 16 divides
TILE_TYPES = {
    # query key value, ptr code relation_bias confidence, out log_sum, stride width scale
    "forward": "{x} {x} {x} *i32 *i8 *fp32 *fp32 {x} {s} i32d i32d fp32",
    # grad query key value log_sum, ptr code relation_bias confidence, grad_query grad_key grad_value,
    # grad_bias grad_confidence, grad_stride stride width scale
    "backward": "{x} {x} {x} {x} {s} *i32 *i8 *fp32 *fp32 {x} {x} {x} {s} {s} i32d i32d i32d fp32",
}
EDGES = "*i32 *i32 *i32 *i32 *i32 *fp32 *fp32"  # rowptr col permutation parts, relation relation_bias confidence
SIZES = "i32 i32 i32d fp32"  # nodes num_parts stride scale
CSR_TYPES = {
    # query key value, edges, out log_sum part_out part_log
    "forward": f"{{x}} {{x}} {{x}} {EDGES} {{x}} {{s}} {{s}} {{s}} {SIZES}",
    # query key value grad log_sum, edges, grad_query expected part_reward part_mean part_expected
    "receiver": f"{{x}} {{x}} {{x}} {{x}} {{s}} {EDGES} {{x}} {{s}} {{s}} {{s}} {{s}} {SIZES}",
    # query key value grad log_sum expected, colptr row edge permutation parts relation relation_bias confidence,
    # grad_key grad_value part_key part_value grad_bias grad_confidence
    "sender": f"{{x}} {{x}} {{x}} {{x}} {{s}} {{s}} *i32 {EDGES} {{x}} {{x}} {{s}} {{s}} {{s}} *fp32 {SIZES}",
    # part_out part_log rowptr parts out log_sum num_parts
    "merge": "{s} {s} *i32 *i32 {x} {s} i32",
    # part_reward part_mean part_expected rowptr parts grad_query expected num_parts scale
    "receiver merge": "{s} {s} {s} *i32 *i32 {x} {s} i32 fp32",
    # part_rows rowptr parts rows num_parts
    "sender merge": "{s} *i32 *i32 {x} i32",
}
CSR_KERNELS = {
    "forward": csr_forward,
    "receiver": receiver_kernel,
    "sender": sender_kernel,
    "merge": merge_kernel,
    "receiver merge": receiver_merge_kernel,
    "sender merge": sender_merge_kernel,
}
# query key value, box kind track feature frame contact score, relation_bias, out, five thresholds, k,
# stride out_stride width scale
INFERRED_TYPES = (
    "{x} {x} {x} *fp32 *i64 *i64 {x} *i64 *fp32 *fp32 *fp32 {x} fp32 fp32 fp32 fp32 fp32 i32 i32d i32d i32d fp32"
)
ARCHITECTURES = pytest.mark.parametrize("architecture", [80, 90])
HEADS = pytest.mark.parametrize(("heads", "dim"), [(4, 32), (8, 64)])


def typed(types: str, dtype: str) -> str:
    return types.format(x=f"*{dtype}", s="*fp64" if dtype == "fp64" else "*fp32")


@ARCHITECTURES
@HEADS
@pytest.mark.parametrize("dtype", ["bf16", "fp32"])
@pytest.mark.parametrize("slots", [16, 32, 64, 128])
@pytest.mark.parametrize("extras", [False, True])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_tiles(
    budget: dict[str, dict[str, int]],
    direction: str,
    extras: bool,
    slots: int,
    dtype: str,
    heads: int,
    dim: int,
    architecture: int,
):
    query = torch.empty(1, heads, dim, dtype=TYPES[dtype])
    if direction == "forward":
        kernel, constants = forward_kernel, triton_tile.forward_sizes(slots, query) | {"related": extras}
    else:
        kernel, constants = backward_kernel, triton_tile.backward_sizes(slots, query)
        constants |= {"relations": RELATIONS if extras else 0, "relations_padded": 8 if extras else 1}
    constants |= {"weighted": extras}
    compiled = compile_kernel(kernel, typed(TILE_TYPES[direction], dtype), constants, architecture)
    taken = resources(compiled, architecture)
    what = "relations, confidence" if extras else "plain"
    assert_within(budget, f"tile {direction}, {what}, P={slots}, {dtype}, H={heads} D={dim}, sm_{architecture}", taken)
    assert slots > 64 or taken["spilled"] == 0


@ARCHITECTURES
@HEADS
@pytest.mark.parametrize("dtype", ["bf16", "fp32"])
@pytest.mark.parametrize("slots", [16, 32, 64, 128])
@pytest.mark.parametrize("together", [False, True])
def test_inferred(
    budget: dict[str, dict[str, int]],
    together: bool,
    slots: int,
    dtype: str,
    heads: int,
    dim: int,
    architecture: int,
):
    query = torch.empty(1, heads, dim, dtype=TYPES[dtype])
    constants = triton_inferred.sizes(slots, query) | {"related": True, "feature_channels": 32}
    constants |= {"heads_here": heads if together else 1}
    kernel = triton_inferred.inferred_kernel
    taken = resources(compile_kernel(kernel, typed(INFERRED_TYPES, dtype), constants, architecture), architecture)
    what = "all heads" if together else "one head"
    assert_within(budget, f"tile inferred, {what}, P={slots}, {dtype}, H={heads} D={dim}, sm_{architecture}", taken)
    assert slots > 64 or taken["spilled"] == 0


@ARCHITECTURES
@HEADS
@pytest.mark.parametrize("dtype", ["bf16", "fp32"])
@pytest.mark.parametrize("name", CSR_KERNELS)
def test_csr(budget: dict[str, dict[str, int]], name: str, dtype: str, heads: int, dim: int, architecture: int):
    compiled = compile_kernel(
        CSR_KERNELS[name], typed(CSR_TYPES[name], dtype), csr_constants(name, dtype, heads, dim, True), architecture
    )
    taken = resources(compiled, architecture)
    assert_within(budget, f"csr {name}, {dtype}, H={heads} D={dim}, sm_{architecture}", taken)


@pytest.mark.parametrize("dtype", ["fp16", "fp64"])
def test_other_types_compile(dtype: str):
    query = torch.empty(1, 3, 20, dtype=TYPES[dtype])
    constants = triton_tile.forward_sizes(40, query) | {"related": True, "weighted": True}
    compile_kernel(forward_kernel, typed(TILE_TYPES["forward"], dtype), constants, 90)
    constants = triton_tile.backward_sizes(40, query) | {"relations": 3, "relations_padded": 4, "weighted": True}
    compile_kernel(backward_kernel, typed(TILE_TYPES["backward"], dtype), constants, 90)
    for name, kernel in CSR_KERNELS.items():
        compile_kernel(kernel, typed(CSR_TYPES[name], dtype), csr_constants(name, dtype, 3, 20, False), 90)


def csr_constants(name: str, dtype: str, heads: int, dim: int, extras: bool) -> dict[str, object]:
    query, some = torch.empty(1, heads, dim, dtype=TYPES[dtype]), torch.empty(1) if extras else None
    constants = triton_csr.sizes(query, some, some)
    if name == "sender merge":
        return {"dim": heads * dim, "block": 128, "part": constants["part"]}
    if name.endswith("merge"):
        return triton_csr.of_merge(constants)
    relations = RELATIONS if extras else 0
    padded = triton.next_power_of_2(max(relations, 1))
    return constants | ({"relations": relations, "relations_padded": padded} if name == "sender" else {})

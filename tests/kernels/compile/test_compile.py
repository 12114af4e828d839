"""Every kernel compiles ahead of time for sm_80 and sm_90, on a machine without a GPU."""

import os

import pytest

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("this process interprets triton; run these tests in their own process", allow_module_level=True)

import triton
import triton.language as tl
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from egograph.kernels.infer_edges import triton_tile
from egograph.kernels.pool_regions import triton_align
from egograph.kernels.relational_attention import triton_csr

ATTENTION = {
    # query key value, rowptr col permutation, relation bias confidence, out log_sum, scale
    "forward": "{x} {x} {x} *i32 *i32 *i64 *i64 *fp32 *fp32 {x} {s} fp32",
    # query key value out grad log_sum, rowptr col permutation, relation bias confidence,
    # grad_query expected grad_bias grad_confidence, scale
    "receiver": "{x} {x} {x} {x} {x} {s} *i32 *i32 *i64 *i64 *fp32 *fp32 {x} {s} {s} *fp32 fp32",
    # query key value grad log_sum expected, colptr sender_row sender_edge permutation, relation bias confidence,
    # grad_key grad_value, scale
    "sender": "{x} {x} {x} {x} {s} {s} *i32 *i32 *i64 *i64 *i64 *fp32 *fp32 {x} {x} fp32",
}
POOL = {
    # patches y x frame out, high wide dim
    "forward": "{x} {s} {s} *i64 {x} i32 i32 i32",
    # grad y x region_order start_of_frame grad_patches, high wide dim
    "backward": "{x} {s} {s} *i64 *i64 {x} i32 i32 i32",
}
ARCHITECTURES = pytest.mark.parametrize("architecture", [80, 90])
TYPES = pytest.mark.parametrize("dtype", ["bf16", "fp32", "fp64"])


def assert_compiles(kernel: triton.JITFunction, types: str, constants: dict[str, object], architecture: int):
    """The kernel compiles to machine code, its arguments typed by `types`, its pointers aligned to 16 bytes."""
    names = [parameter.name for parameter in kernel.params]
    runtime = types.split()
    assert names[len(runtime) :] == list(constants)
    signature = dict(zip(names, runtime, strict=False)) | dict.fromkeys(constants, "constexpr")
    aligned = {(i,): [["tt.divisibility", 16]] for i, kind in enumerate(runtime) if kind.startswith("*")}
    values = {(names.index(name),): value for name, value in constants.items()}
    source = ASTSource(kernel, signature, values, aligned)
    asm = triton.compile(source, target=GPUTarget("cuda", architecture, 32)).asm
    assert f".target sm_{architecture}" in asm["ptx"]
    assert len(asm["cubin"]) > 0


def typed(types: str, dtype: str) -> str:
    return types.format(x=f"*{dtype}", s="*fp64" if dtype == "fp64" else "*fp32")


def working(dtype: str) -> tl.dtype:
    return tl.float64 if dtype == "fp64" else tl.float32


def attention_constants(kernel: str, dtype: str, heads: int, dim: int, extras: bool) -> dict[str, object]:
    heads_padded, dim_padded = triton.next_power_of_2(heads), triton.next_power_of_2(dim)
    constants: dict[str, object] = {
        "heads": heads,
        "dim": dim,
        "relations": 7 if extras else 0,
        "weighted": extras,
        "dtype": working(dtype),
        "block": max(1, min(32, triton_csr.ELEMENTS // (heads_padded * dim_padded))),
        "heads_padded": heads_padded,
        "dim_padded": dim_padded,
    }
    return constants | ({"relations_padded": 8} if kernel == "receiver" else {})


@ARCHITECTURES
@TYPES
@pytest.mark.parametrize("kernel", ATTENTION)
def test_relational_attention_compiles(kernel: str, dtype: str, architecture: int):
    constants = attention_constants(kernel, dtype, heads=4, dim=32, extras=True)
    function = getattr(triton_csr, f"{kernel}_kernel")
    assert_compiles(function, typed(ATTENTION[kernel], dtype), constants, architecture)


@ARCHITECTURES
@pytest.mark.parametrize(("heads", "dim", "extras"), [(4, 32, False), (8, 64, True), (3, 20, True)])
@pytest.mark.parametrize("kernel", ATTENTION)
def test_relational_attention_compiles_for_any_shape(
    kernel: str, heads: int, dim: int, extras: bool, architecture: int
):
    constants = attention_constants(kernel, "bf16", heads, dim, extras)
    function = getattr(triton_csr, f"{kernel}_kernel")
    assert_compiles(function, typed(ATTENTION[kernel], "bf16"), constants, architecture)


@ARCHITECTURES
def test_infer_edges_compiles(architecture: int):
    # box kind track frame ptr contact score, similar relation closeness, four thresholds, slots
    types = "*fp32 *i64 *i64 *i64 *i64 *fp32 *fp32 *i8 *i8 *fp32 fp32 fp32 fp32 fp32 i32"
    assert_compiles(triton_tile.relate_kernel, types, {"rows": 16, "columns": 64}, architecture)


@ARCHITECTURES
@TYPES
@pytest.mark.parametrize("kernel", POOL)
def test_pool_regions_compiles(kernel: str, dtype: str, architecture: int):
    columns = {"columns": 16} if kernel == "backward" else {}
    constants = {"samples": 4} | columns | {"block": 32, "dtype": working(dtype)}
    function = getattr(triton_align, f"{kernel}_kernel")
    assert_compiles(function, typed(POOL[kernel], dtype), constants, architecture)

"""Every kernel compiles ahead of time for sm_80 and sm_90, on a machine without a GPU."""

import os
import sys

import pytest

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("this process interprets Triton; run these tests in their own", allow_module_level=True)

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

from egograph.kernels.infer_edges import triton_tile
from egograph.kernels.pool_regions import triton_align
from egograph.kernels.relational_attention import triton_csr

DTYPE = {"fp32": triton.language.float32, "bf16": triton.language.float32, "fp64": triton.language.float64}


def compiled(kernel: triton.JITFunction, types: str, constants: dict[str, object], arch: int) -> dict[str, object]:
    """What the kernel compiles to, its arguments typed by `types`; pointers aligned to 16 bytes."""
    names = [p.name for p in kernel.params]
    signature = dict(zip(names, types.split(), strict=False)) | dict.fromkeys(constants, "constexpr")
    assert list(signature) == names
    aligned = {(i,): [["tt.divisibility", 16]] for i, name in enumerate(names) if signature[name].startswith("*")}
    source = ASTSource(kernel, signature, {(names.index(n),): v for n, v in constants.items()}, aligned)
    return triton.compile(source, target=GPUTarget("cuda", arch, 32)).asm


def attention_constants(dtype: str, heads: int, dim: int) -> dict[str, object]:
    padded = {"heads_padded": triton.next_power_of_2(heads), "dim_padded": triton.next_power_of_2(dim)}
    block = max(1, min(32, triton_csr.ELEMENTS // (padded["heads_padded"] * padded["dim_padded"])))
    given = {"heads": heads, "dim": dim, "relations": 7, "weighted": True, "dtype": DTYPE[dtype], "block": block}
    return given | padded


ATTENTION = {
    # query key value, rowptr col permutation, relation bias confidence, out log_sum, scale
    "forward": "{x} {x} {x} *i32 *i32 *i64 *i64 *fp32 *fp32 {x} {s} fp32",
    # query key value out grad log_sum, rowptr col permutation, relation bias confidence, outputs, scale
    "receiver": "{x} {x} {x} {x} {x} {s} *i32 *i32 *i64 *i64 *fp32 *fp32 {x} {s} {s} *fp32 fp32",
    # query key value grad log_sum expected, colptr row edge permutation, relation bias confidence, outputs, scale
    "sender": "{x} {x} {x} {x} {s} {s} *i32 *i32 *i64 *i64 *i64 *fp32 *fp32 {x} {x} fp32",
}


@pytest.mark.parametrize("arch", [80, 90])
@pytest.mark.parametrize(("heads", "dim"), [(4, 32), (8, 64), (3, 20)])
@pytest.mark.parametrize("dtype", ["bf16", "fp32", "fp64"])
@pytest.mark.parametrize("kernel", list(ATTENTION))
def test_relational_attention_compiles(kernel: str, dtype: str, heads: int, dim: int, arch: int):
    types = ATTENTION[kernel].format(x=f"*{dtype}", s="*fp64" if dtype == "fp64" else "*fp32")
    constants = attention_constants(dtype, heads, dim)
    if kernel == "receiver":
        constants["relations_padded"] = 8
    asm = compiled(getattr(triton_csr, f"{kernel}_kernel"), types, constants, arch)
    assert f".target sm_{arch}" in asm["ptx"]
    assert len(asm["cubin"]) > 0

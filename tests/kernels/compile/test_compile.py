"""The kernels for regions and edges compile ahead of time for sm_80 and sm_90."""

import os

import pytest

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("this process interprets triton; run these tests in their own process", allow_module_level=True)

import triton.language as tl

from egograph.kernels.infer_edges import triton_tile
from egograph.kernels.pool_regions import triton_align
from tests.kernels.compile.ahead_of_time import compile_kernel, resources

POOL = {
    # patches y x frame out, high wide dim
    "forward": "{x} {s} {s} *i64 {x} i32 i32 i32",
    # grad y x region_order start_of_frame grad_patches, high wide dim
    "backward": "{x} {s} {s} *i64 *i64 {x} i32 i32 i32",
}
ARCHITECTURES = pytest.mark.parametrize("architecture", [80, 90])


@ARCHITECTURES
def test_infer_edges_compiles(architecture: int):
    # box kind track frame ptr contact score, similar relation closeness, four thresholds, slots
    types = "*fp32 *i64 *i64 *i64 *i64 *fp32 *fp32 *i8 *i8 *fp32 fp32 fp32 fp32 fp32 i32"
    assert resources(
        compile_kernel(triton_tile.relate_kernel, types, {"rows": 16, "columns": 64}, architecture), architecture
    )


@ARCHITECTURES
@pytest.mark.parametrize("dtype", ["bf16", "fp32", "fp64"])
@pytest.mark.parametrize("kernel", POOL)
def test_pool_regions_compiles(kernel: str, dtype: str, architecture: int):
    columns = {"columns": 16} if kernel == "backward" else {}
    constants = {"samples": 4} | columns | {"block": 32, "dtype": tl.float64 if dtype == "fp64" else tl.float32}
    types = POOL[kernel].format(x=f"*{dtype}", s="*fp64" if dtype == "fp64" else "*fp32")
    assert resources(
        compile_kernel(getattr(triton_align, f"{kernel}_kernel"), types, constants, architecture), architecture
    )

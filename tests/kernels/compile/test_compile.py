"""The kernels for regions, edges and memory compile for sm_80 and sm_90 within the registers kept in budget.json."""

import os

import pytest

if os.environ.get("TRITON_INTERPRET") == "1":
    pytest.skip("this process interprets triton; run these tests in their own process", allow_module_level=True)

import triton
import triton.language as tl

from egograph.kernels.infer_edges import triton_tile
from egograph.kernels.node_memory import triton_ring
from egograph.kernels.pool_regions import triton_align
from tests.kernels.compile.ahead_of_time import assert_within, compile_kernel, resources

POOL = {
    # patches y x frame out, high wide dim
    "forward": "{x} {s} {s} *i64 {x} i32 i32 i32",
    # grad y x region_order start_of_frame grad_patches, high wide dim
    "backward": "{x} {s} {s} *i64 *i64 {x} i32 i32 i32",
}
ARCHITECTURES = pytest.mark.parametrize("architecture", [80, 90])


@ARCHITECTURES
def test_infer_edges(budget: dict[str, dict[str, int]], architecture: int):
    # box kind track frame ptr contact score, similar relation closeness, four thresholds, slots
    types = "*fp32 *i64 *i64 *i64 *i64 *fp32 *fp32 *i8 *i8 *fp32 fp32 fp32 fp32 fp32 i32"
    constants: dict[str, object] = {"rows": 16, "columns": 64}
    taken = resources(compile_kernel(triton_tile.relate_kernel, types, constants, architecture), architecture)
    assert_within(budget, f"infer_edges, sm_{architecture}", taken)
    assert taken["spilled"] == 0


@ARCHITECTURES
@pytest.mark.parametrize("dtype", ["bf16", "fp32", "fp64"])
@pytest.mark.parametrize("kernel", POOL)
def test_pool_regions(budget: dict[str, dict[str, int]], kernel: str, dtype: str, architecture: int):
    columns = {"columns": 16} if kernel == "backward" else {}
    constants = {"samples": 4} | columns | {"block": 32, "dtype": tl.float64 if dtype == "fp64" else tl.float32}
    types = POOL[kernel].format(x=f"*{dtype}", s="*fp64" if dtype == "fp64" else "*fp32")
    compiled = compile_kernel(getattr(triton_align, f"{kernel}_kernel"), types, constants, architecture)
    assert_within(budget, f"pool_regions {kernel}, {dtype}, sm_{architecture}", resources(compiled, architecture))


@ARCHITECTURES
@pytest.mark.parametrize("dtype", ["bf16", "fp32"])
def test_node_memory(budget: dict[str, dict[str, int]], dtype: str, architecture: int):
    # box kind track feature frame contact score state
    columns = f"*fp32 *i64 *i64 *{dtype} *i64 *fp32 *fp32 *{dtype}"
    kernels: dict[str, tuple[triton.JITFunction, str, dict[str, object]]] = {
        # rows, head count, new rows, new_count, capacity most
        "insert": (
            triton_ring.insert_kernel,
            f"{columns} *i64 *i64 {columns} *i64 i32 i32",
            {"channels": 128, "feature_channels": 32, "rows": 32},
        ),
        # frame score head count before, capacity
        "evict": (triton_ring.evict_kernel, "*i64 *fp32 *i64 *i64 *i64 i32", {"slots": 128}),
    }
    for name, (kernel, types, constants) in kernels.items():
        taken = resources(compile_kernel(kernel, types, constants, architecture), architecture)
        assert_within(budget, f"node memory {name}, {dtype}, sm_{architecture}", taken)
        assert taken["spilled"] == 0

"""The Triton form of edge inference, interpreted, against the CPU form, which the reference holds to account."""

import os

import pytest
import torch

if os.environ.get("TRITON_INTERPRET") != "1":
    pytest.skip("triton was imported to compile; run these tests in their own process", allow_module_level=True)

from egograph.kernels.infer_edges import cpu, triton_tile
from tests.kernels.node_tables import DEFAULTS, random_table


@pytest.mark.usefixtures("poisoned_memory")
@pytest.mark.parametrize("sizes", [[9, 0, 17, 1], [30, 25], [16, 64], [65], [130], [0, 0], []], ids=str)
def test_edges_are_those_of_the_cpu_form(sizes: list[int]):
    table = random_table(sizes, torch.float32)
    results = triton_tile.select_edges(**table, rules=DEFAULTS)
    wanted = cpu.select_edges(**table, rules=DEFAULTS)
    assert torch.equal(results[0], wanted[0])
    assert torch.equal(results[1], wanted[1])
    torch.testing.assert_close(results[2], wanted[2])
